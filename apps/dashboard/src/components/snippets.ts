import type { Background } from '@visavis/contracts';

interface SnippetInput {
  readonly origin: string;
  readonly avatarId: string;
  readonly voiceId: string | null;
  readonly background: Background | null;
}

/** The page's main job as shell commands; needs an API key in VISAVIS_API_KEY. */
export function curlSnippet({ origin, avatarId, voiceId, background }: SnippetInput): string {
  const body = JSON.stringify({ avatar_id: avatarId, ...(voiceId === null ? {} : { voice_id: voiceId }), ...(background === null || background.type === 'keep' ? {} : { background }) });
  return `# Your backend starts a session with its API key.
curl -X POST ${origin}/v1/sessions \\
  -H "Authorization: Bearer $VISAVIS_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'
# 201 {"id": "ses_…", "whep_url": "…", "client_token": "…"}

# Make it speak. A page does this with the client token instead.
curl -X POST ${origin}/v1/sessions/$SESSION_ID/speak \\
  -H "Authorization: Bearer $VISAVIS_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"text": "Hello, <emphasis>face to face</emphasis>. <gesture name=\\"nod\\"/>", "expression": "happy"}'

# How it looks while it says nothing.
curl -X POST ${origin}/v1/sessions/$SESSION_ID/state \\
  -H "Authorization: Bearer $VISAVIS_API_KEY" -H "Content-Type: application/json" -d '{"state": "listening"}'

# Follow its events, stop it in mid-sentence, end it.
curl -N "${origin}/v1/sessions/$SESSION_ID/events" -H "Authorization: Bearer $VISAVIS_API_KEY"
curl -X POST ${origin}/v1/sessions/$SESSION_ID/interrupt -H "Authorization: Bearer $VISAVIS_API_KEY"
curl -X DELETE ${origin}/v1/sessions/$SESSION_ID -H "Authorization: Bearer $VISAVIS_API_KEY"
`;
}

/** A whole page that plays a session and makes it speak; the session comes from the backend. */
export function htmlSnippet({ origin }: SnippetInput): string {
  return `<!doctype html>
<video id="avatar" autoplay playsinline></video>
<form><input name="text" placeholder="Say something" /><button>Speak</button></form>
<script type="module">
  // What POST ${origin}/v1/sessions answered to your backend:
  const { id, whep_url, client_token } = await (await fetch('/my-session')).json();
  const authorization = \`Bearer \${client_token}\`;

  const peer = new RTCPeerConnection();
  const stream = new MediaStream();
  peer.ontrack = ({ track }) => stream.addTrack(track);
  document.querySelector('video').srcObject = stream;
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.addTransceiver('audio', { direction: 'recvonly' });
  await peer.setLocalDescription();
  const headers = { authorization, 'content-type': 'application/sdp' };
  const answer = await fetch(whep_url, { method: 'POST', headers, body: peer.localDescription.sdp });
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });

  document.querySelector('form').onsubmit = async (event) => {
    event.preventDefault();
    const body = JSON.stringify({ text: new FormData(event.target).get('text') });
    const headers = { authorization, 'content-type': 'application/json' };
    await fetch(\`${origin}/v1/sessions/\${id}/speak\`, { method: 'POST', headers, body });
  };
</script>
`;
}
