// Prints Go's verdict on every case of cases.json, which is where its "go" fields are from:
//
//	go run verdicts.go < cases.json
package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
)

func main() {
	var cases []struct{ Name, Message, PublicKey, Signature string }
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stderr, runtime.Version())
	for _, c := range cases {
		message, _ := hex.DecodeString(c.Message)
		key, _ := hex.DecodeString(c.PublicKey)
		signature, _ := hex.DecodeString(c.Signature)
		// Verify panics on a key of another length; Pocket's code checks that before.
		accepted := len(key) == ed25519.PublicKeySize && ed25519.Verify(key, message, signature)
		fmt.Println(accepted, c.Name)
	}
}
