// Runs in the page. `whep.play` is a whole WHEP player; the rest looks at what it plays.
globalThis.whep = {
  players: {},

  /** options: token, kinds (order of the offer's sections), codec ('VP8': offer only that), direction, extraDataChannel, tcpOnly. */
  async play(id, url, options = {}) {
    const pc = new RTCPeerConnection({ iceServers: options.iceServers ?? [] });
    const video = document.body.appendChild(document.createElement('video'));
    Object.assign(video, { autoplay: true, playsInline: true, srcObject: new MediaStream() });
    pc.ontrack = ({ track }) => video.srcObject.addTrack(track);
    for (const kind of options.kinds ?? ['audio', 'video']) {
      const transceiver = pc.addTransceiver(kind, { direction: options.direction ?? 'recvonly' });
      if (kind === 'video' && options.codec) {
        const codecs = RTCRtpReceiver.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === `video/${options.codec}`);
        transceiver.setCodecPreferences(codecs);
      }
    }
    if (options.extraDataChannel) pc.createDataChannel('extra');
    const offer = await pc.createOffer();
    for (const [codec, to] of Object.entries(options.payloadTypes ?? {})) offer.sdp = this.renumber(offer.sdp, this.payloadTypeOf(offer.sdp, codec), to);
    await pc.setLocalDescription(offer);
    const headers = { 'content-type': 'application/sdp', ...(options.token ? { authorization: `Bearer ${options.token}` } : {}) };
    const response = await fetch(url, { method: 'POST', headers, body: pc.localDescription.sdp });
    const body = await response.text();
    const player = { pc, video, headers, answer: body, etag: response.headers.get('etag'), resource: undefined };
    if (response.status !== 201) {
      pc.close();
      video.remove();
      return { status: response.status, body };
    }
    player.resource = new URL(response.headers.get('location'), url).href;
    this.players[id] = player;
    const answer = options.tcpOnly ? body.replace(/a=candidate:\S+ 1 udp .*\r\n/g, '') : body;
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    // Not awaited: it settles with the first picture, which may be what the caller waits for next.
    video.play().catch(() => {});
    return { status: 201, body, resource: player.resource, etag: player.etag };
  },

  /** The number that this browser gave a codec; of its kinds of H.264 the one that sessions use. It depends on the machine: what its decoders can do. */
  payloadTypeOf(sdp, codec) {
    const named = [...sdp.matchAll(/^a=rtpmap:(\d+) ([^/]+)\//gm)].filter(([, , name]) => name.toLowerCase() === codec.toLowerCase()).map(([, number]) => number);
    const baseline = (number) => new RegExp(`^a=fmtp:${number} (?=.*packetization-mode=1).*profile-level-id=42e01f`, 'm').test(sdp);
    return codec === 'H264' ? named.find(baseline) : named[0];
  },

  /** Exchanges two payload types in an offer, as if this were a browser with other habits. */
  renumber(sdp, from, to) {
    const swap = (payloadType) => (payloadType === String(from) ? String(to) : payloadType === String(to) ? String(from) : payloadType);
    return sdp
      .replace(/^(m=\S+ \d+ \S+ )(.*)$/gm, (_, head, list) => head + list.trim().split(' ').map(swap).join(' '))
      .replace(/^(a=(?:rtpmap|fmtp|rtcp-fb):)(\d+)/gm, (_, head, payloadType) => head + swap(payloadType))
      .replace(/apt=(\d+)/g, (_, payloadType) => `apt=${swap(payloadType)}`);
  },

  async restartIce(id) {
    const player = this.players[id];
    const offer = await player.pc.createOffer({ iceRestart: true });
    await player.pc.setLocalDescription(offer);
    const lines = offer.sdp.split('\r\n').filter((line) => /^a=(ice-ufrag|ice-pwd):/.test(line));
    const headers = { ...player.headers, 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' };
    const response = await fetch(player.resource, { method: 'PATCH', headers, body: `${lines.slice(0, 2).join('\r\n')}\r\n` });
    const fragment = await response.text();
    const [, ufrag] = /a=ice-ufrag:(\S+)/.exec(fragment) ?? [];
    const [, password] = /a=ice-pwd:(\S+)/.exec(fragment) ?? [];
    const before = player.etag;
    player.etag = response.headers.get('etag');
    player.answer = player.answer.replace(/a=ice-ufrag:\S+/g, `a=ice-ufrag:${ufrag}`).replace(/a=ice-pwd:\S+/g, `a=ice-pwd:${password}`);
    await player.pc.setRemoteDescription({ type: 'answer', sdp: player.answer });
    return { status: response.status, etagChanged: player.etag !== before, fragment };
  },

  async stats(id) {
    const { pc, video } = this.players[id];
    const reports = [...(await pc.getStats()).values()];
    // After an exchange of streams the old one's report stays a while: take the one that still receives.
    const inbound = (kind) =>
      reports
        .filter((report) => report.type === 'inbound-rtp' && report.kind === kind)
        .sort((a, b) => (b.lastPacketReceivedTimestamp ?? 0) - (a.lastPacketReceivedTimestamp ?? 0))[0] ?? {};
    const [audioIn, videoIn] = [inbound('audio'), inbound('video')];
    const player = this.players[id];
    if (videoIn.ssrc !== undefined && videoIn.ssrc !== player.videoSsrc) {
      player.earlierFrames = (player.earlierFrames ?? 0) + (player.lastFrames ?? 0);
      player.videoSsrc = videoIn.ssrc;
    }
    player.lastFrames = videoIn.framesDecoded ?? 0;
    const codec = reports.find((report) => report.id === videoIn.codecId)?.mimeType;
    const playout = [audioIn.estimatedPlayoutTimestamp, videoIn.estimatedPlayoutTimestamp];
    return {
      connectionState: pc.connectionState,
      iceConnectionState: pc.iceConnectionState,
      trackIds: video.srcObject.getTracks().map((track) => track.id),
      trackStates: video.srcObject.getTracks().map((track) => track.readyState),
      currentTime: video.currentTime,
      width: video.videoWidth,
      height: video.videoHeight,
      videoCodec: codec,
      framesShown: (player.earlierFrames ?? 0) + player.lastFrames,
      framesDecoded: videoIn.framesDecoded ?? 0,
      keyFramesDecoded: videoIn.keyFramesDecoded ?? 0,
      framesDropped: videoIn.framesDropped ?? 0,
      videoPackets: videoIn.packetsReceived ?? 0,
      videoPacketsLost: videoIn.packetsLost ?? 0,
      audioPackets: audioIn.packetsReceived ?? 0,
      audioPacketsLost: audioIn.packetsLost ?? 0,
      audioEnergy: audioIn.totalAudioEnergy ?? 0,
      audioSamples: audioIn.totalSamplesReceived ?? 0,
      concealedSamples: audioIn.concealedSamples ?? 0,
      /** Picture behind sound if positive; null while the browser doesn't know yet. */
      videoBehindAudioMs: playout.every((time) => typeof time === 'number') ? playout[0] - playout[1] : null,
      pliCount: videoIn.pliCount ?? 0,
      nackCount: videoIn.nackCount ?? 0,
    };
  },

  /** The shown picture as PNG in base64, or null before the first. */
  frame(id) {
    const { video } = this.players[id];
    if (!video.videoWidth) return null;
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d').drawImage(video, 0, 0);
    return canvas.toDataURL('image/png').split(',')[1];
  },

  /** Records what is heard from now on; `stopRecording` gives it as base64 of s16le mono. */
  async startRecording(id) {
    const player = this.players[id];
    const context = new AudioContext();
    await context.resume();
    const source = context.createMediaStreamSource(new MediaStream(player.video.srcObject.getAudioTracks()));
    const tap = context.createScriptProcessor(4096, 1, 1);
    const chunks = [];
    tap.onaudioprocess = ({ inputBuffer }) => chunks.push(Float32Array.from(inputBuffer.getChannelData(0)));
    source.connect(tap).connect(context.destination);
    player.recording = { context, chunks };
    return context.sampleRate;
  },

  async stopRecording(id) {
    const { context, chunks } = this.players[id].recording;
    await context.close();
    const samples = new Int16Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) for (const value of chunk) samples[at++] = Math.max(-1, Math.min(1, value)) * 32767;
    const bytes = new Uint8Array(samples.buffer);
    let binary = '';
    for (let i = 0; i < bytes.length; i += 32768) binary += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return { sampleRateHz: context.sampleRate, pcmBase64: btoa(binary) };
  },

  async stop(id) {
    const player = this.players[id];
    delete this.players[id];
    const response = await fetch(player.resource, { method: 'DELETE', headers: player.headers });
    player.pc.close();
    player.video.remove();
    return response.status;
  },

  /** Ends without a word to the server, as a closed tab does. */
  drop(id) {
    this.players[id].pc.close();
    this.players[id].video.remove();
    delete this.players[id];
  },
};
