/** Stately's inspector in a frame, fed from here. What is shown stays on this machine; the inspector comes from the web. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>pocket-state-sync in Stately's inspector</title>
<style>html, body, iframe { margin: 0; border: 0; width: 100%; height: 100%; }</style>
</head>
<body>
<iframe title="Stately inspector" src="https://stately.ai/inspect"></iframe>
<script>
const INSPECTOR = 'https://stately.ai';
const frame = document.querySelector('iframe');
const waiting = [];
let connected = false;
addEventListener('message', (event) => {
  if (event.origin !== INSPECTOR || event.data?.type !== '@statelyai.connected') return;
  connected = true;
  for (const message of waiting.splice(0)) frame.contentWindow.postMessage(message, INSPECTOR);
});
new WebSocket('ws://' + location.host).onmessage = (event) => {
  const message = JSON.parse(event.data);
  if (connected) frame.contentWindow.postMessage(message, INSPECTOR);
  else if (waiting.push(message) > 1000) waiting.shift();
};
</script>
</body>
</html>
`;
