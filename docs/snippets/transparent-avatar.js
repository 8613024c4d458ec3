/**
 * Puts an avatar with a transparent background onto a canvas. Its video is twice as wide as the avatar: colour on the left,
 * alpha as grey on the right. Give the canvas any size by CSS; the video plays the sound and may be hidden with `opacity: 0`.
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement} canvas
 * @returns {() => void} stops drawing
 */
export function showTransparent(video, canvas) {
  const gl = canvas.getContext('webgl2');
  if (!gl) throw new Error('This browser has no WebGL 2.');
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, 'void main() { gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1, 0, 1); }'],
    // The colour comes multiplied with alpha. What is nearly clear or nearly solid is the codec's noise.
    [gl.FRAGMENT_SHADER, `precision highp float; uniform sampler2D frame; out vec4 pixel; void main() {
      ivec2 at = ivec2(gl_FragCoord), right = ivec2(textureSize(frame, 0).x / 2, 0);
      float alpha = clamp((texelFetch(frame, at + right, 0).g - .02) / .96, 0., 1.);
      pixel = vec4(min(texelFetch(frame, at, 0).rgb, alpha), alpha); }`],
  ]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, `#version 300 es\n${source}`);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
  let stopped = false;
  const draw = () => {
    if (stopped) return;
    if (video.readyState >= video.HAVE_CURRENT_DATA && video.videoWidth > 1) {
      const [width, height] = [video.videoWidth / 2, video.videoHeight];
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      gl.viewport(0, 0, width, height);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, video);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(draw);
    else requestAnimationFrame(draw);
  };
  draw();
  return () => { stopped = true; };
}
