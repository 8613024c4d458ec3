// Runs in the page, beside whep-player.browser.js: takes down what a player shows and plays, on the page's one clock (performance.now).
globalThis.capture = {
  running: {},

  /** options: pictures (default true), sound (default true), quality of the JPEGs. */
  async start(id, options = {}) {
    const { video } = whep.players[id];
    const capture = { frames: [], sound: [], sampleRateHz: 0, stopped: false };
    this.running[id] = capture;
    if (options.pictures !== false) this.takePictures(video, capture, options.quality ?? 0.95);
    if (options.sound !== false) capture.sounding = this.takeSound(video.srcObject.getAudioTracks()[0], capture);
  },

  /** Every picture that is put on the screen, with the moment at which it is seen. */
  takePictures(video, capture, quality) {
    const take = (now, { expectedDisplayTime, rtpTimestamp, receiveTime }) => {
      if (capture.stopped) return;
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      canvas.getContext('2d').drawImage(video, 0, 0);
      capture.frames.push({ shownAtMs: expectedDisplayTime, rtpTimestamp, receivedAtMs: receiveTime, picture: canvas.convertToBlob({ type: 'image/jpeg', quality }) });
      video.requestVideoFrameCallback(take);
    };
    video.requestVideoFrameCallback(take);
  },

  /** The samples that the jitter buffer gives to the loudspeaker, stamped (AudioData.timestamp) with the moment of that. */
  async takeSound(track, capture) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 }).readable.getReader();
    capture.reader = reader;
    for (;;) {
      const { value: data, done } = await reader.read();
      if (done) return;
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      capture.sampleRateHz = data.sampleRate;
      capture.sound.push({ stampMs: data.timestamp / 1000, readAtMs: performance.now(), samples });
      data.close();
    }
  },

  /** Ends the capture and sends it to the page's server: the length of a JSON head (32 bits), the head, the pictures, the samples. */
  async stop(id, name) {
    const capture = this.running[id];
    delete this.running[id];
    capture.stopped = true;
    await capture.reader?.cancel();
    await capture.sounding;
    const pictures = await Promise.all(capture.frames.map(({ picture }) => picture));
    const head = {
      frames: capture.frames.map(({ picture: _, ...frame }, i) => ({ ...frame, bytes: pictures[i].size })),
      sound: capture.sound.map(({ samples, ...chunk }) => ({ ...chunk, samples: samples.length })),
      sampleRateHz: capture.sampleRateHz,
    };
    const json = new TextEncoder().encode(JSON.stringify(head));
    const body = new Blob([new Uint32Array([json.length]), json, ...pictures, ...capture.sound.map(({ samples }) => samples)]);
    await fetch(`/captures/${name}`, { method: 'POST', body });
  },

  /** Resolves with the moment at which the sound first rises over `level` (peak of 10 ms), or null. */
  async soundOver(id, level, timeoutMs) {
    const [track] = whep.players[id].video.srcObject.getAudioTracks();
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const timer = setTimeout(() => reader.cancel(), timeoutMs);
    try {
      for (;;) {
        const { value: data, done } = await reader.read();
        if (done) return null;
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
        data.close();
        if (samples.some((value) => Math.abs(value) > level)) return performance.now();
      }
    } finally {
      clearTimeout(timer);
      await reader.cancel();
    }
  },

  /** The moment at which the next picture is on the screen. */
  nextPicture(id) {
    return new Promise((resolve) => whep.players[id].video.requestVideoFrameCallback((_, { expectedDisplayTime }) => resolve(expectedDisplayTime)));
  },
};
