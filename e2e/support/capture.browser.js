// Runs in the page, beside whep-player.browser.js: takes down what a player shows and plays, on the page's one clock (performance.now).
globalThis.capture = {
  running: {},

  /** options: pictures (default true), sound (default true), quality of the JPEGs, every how many pictures one is kept (default 1). */
  async start(id, options = {}) {
    const { video } = whep.players[id];
    const capture = { frames: [], received: 0, shownAtMs: new Map(), sound: [], sampleRateHz: 0, readers: [], stopped: false };
    this.running[id] = capture;
    if (options.pictures !== false) this.takePictures(video, capture, options);
    if (options.sound !== false) capture.sounding = this.takeSound(video.srcObject.getAudioTracks()[0], capture);
  },

  /**
   * Every picture that is put on the screen, with the moment at which it is seen. What a canvas would draw from the video in the callback may be
   * a later picture already when the machine is busy; so pixels come from the track, and the two are joined by the time stamp that both carry.
   */
  takePictures(video, capture, { quality = 0.95, every = 1 }) {
    const see = (_, { expectedDisplayTime, rtpTimestamp }) => {
      if (capture.stopped) return;
      capture.shownAtMs.set(rtpTimestamp, expectedDisplayTime);
      video.requestVideoFrameCallback(see);
    };
    video.requestVideoFrameCallback(see);
    capture.watching = this.eachOf(video.srcObject.getVideoTracks()[0], capture, (frame) => {
      if (capture.received++ % every !== 0) return;
      const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
      canvas.getContext('2d').drawImage(frame, 0, 0);
      capture.frames.push({ rtpTimestamp: frame.metadata().rtpTimestamp, picture: canvas.convertToBlob({ type: 'image/jpeg', quality }) });
    });
  },

  /** The samples that the jitter buffer gives to the loudspeaker, stamped (AudioData.timestamp) with the moment of that. */
  takeSound(track, capture) {
    return this.eachOf(track, capture, (data) => {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      capture.sampleRateHz = data.sampleRate;
      capture.sound.push({ stampMs: data.timestamp / 1000, readAtMs: performance.now(), samples });
    });
  },

  /** Hands over each picture or piece of sound of a track until the capture stops. */
  async eachOf(track, capture, take) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: track.kind === 'audio' ? 1000 : 8 }).readable.getReader();
    capture.readers.push(reader);
    for (;;) {
      const { value: data, done } = await reader.read();
      if (done) return;
      take(data);
      data.close();
    }
  },

  /** Ends the capture and sends it to the page's server: the length of a JSON head (32 bits), the head, the pictures, the samples. */
  async stop(id, name) {
    const capture = this.running[id];
    delete this.running[id];
    capture.stopped = true;
    await Promise.all(capture.readers.map((reader) => reader.cancel()));
    await Promise.all([capture.sounding, capture.watching]);
    const shown = capture.frames.filter(({ rtpTimestamp }) => capture.shownAtMs.has(rtpTimestamp));
    const pictures = await Promise.all(shown.map(({ picture }) => picture));
    const head = {
      frames: shown.map(({ rtpTimestamp }, i) => ({ rtpTimestamp, shownAtMs: capture.shownAtMs.get(rtpTimestamp), bytes: pictures[i].size })),
      received: capture.received,
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
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 }).readable.getReader();
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
