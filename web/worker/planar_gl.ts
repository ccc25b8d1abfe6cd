/**
 * Turns the planes of a frame into pixels by WebGL, on a canvas of its own.
 *
 * @module
 */

import { colourWeights, type PlanarFrame } from "./planar_frame.ts";

const VERTEX = `
  attribute vec2 corner;
  varying vec2 at;
  uniform vec2 share;
  void main() {
    at = vec2(corner.x * 0.5 + 0.5, 0.5 - corner.y * 0.5) * share;
    gl_Position = vec4(corner, 0.0, 1.0);
  }`;

const FRAGMENT = `
  precision mediump float;
  varying vec2 at;
  uniform sampler2D y, u, v;
  uniform float luma;
  uniform vec3 byU, byV;
  void main() {
    float light = luma * (texture2D(y, at).r - 16.0 / 255.0);
    float du = texture2D(u, at).r - 128.0 / 255.0;
    float dv = texture2D(v, at).r - 128.0 / 255.0;
    gl_FragColor = vec4(light + du * byU + dv * byV, 1.0);
  }`;

/** The browser gives no WebGL, or not all that is needed of it. */
export class WebGlUnavailableError extends Error {
  override readonly name = "WebGlUnavailableError";
}

export class PlanarGl {
  readonly canvas = new OffscreenCanvas(2, 2);
  readonly #gl: WebGLRenderingContext;
  readonly #program: WebGLProgram;

  /** @throws {WebGlUnavailableError} if there is none, or the browser itself says that it is slow. */
  constructor() {
    const gl = this.canvas.getContext("webgl", {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      // Without a GPU it is slower than drawing in software.
      failIfMajorPerformanceCaveat: true,
    });
    if (gl === null) throw new WebGlUnavailableError("The browser gives no WebGL context");
    this.#gl = gl;
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(type as number);
      if (shader === null) throw new WebGlUnavailableError("The WebGL context is lost");
      gl.shaderSource(shader, source as string);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
      throw new WebGlUnavailableError(`WebGL: ${gl.getProgramInfoLog(program) ?? "lost"}`);
    }
    gl.useProgram(program);
    this.#program = program;
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    const corners = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);
    gl.bufferData(gl.ARRAY_BUFFER, corners, gl.STATIC_DRAW);
    const corner = gl.getAttribLocation(program, "corner");
    gl.enableVertexAttribArray(corner);
    gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    ["y", "u", "v"].forEach((name, unit) => this.#addTexture(name, unit));
  }

  /** Whether what is drawn is to be seen: a GPU may be taken away. */
  get lost(): boolean {
    return this.#gl.isContextLost();
  }

  /** Draws all of a frame on {@link canvas}. */
  draw(frame: PlanarFrame): void {
    const { canvas } = this;
    const gl = this.#gl;
    const { height, stride, width, y, u, v } = frame;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      gl.viewport(0, 0, width, height);
    }
    const rows = y.length / stride;
    const weights = colourWeights(frame.matrix);
    gl.uniform2f(this.#uniform("share"), width / stride, height / rows);
    gl.uniform1f(this.#uniform("luma"), weights.luma);
    gl.uniform3f(this.#uniform("byU"), 0, weights.greenU, weights.blueU);
    gl.uniform3f(this.#uniform("byV"), weights.redV, weights.greenV, 0);
    [y, u, v].forEach((plane, unit) => {
      const [w, h] = unit === 0 ? [stride, rows] : [stride / 2, rows / 2];
      gl.activeTexture(gl.TEXTURE0 + unit);
      const { LUMINANCE, TEXTURE_2D, UNSIGNED_BYTE } = gl;
      gl.texImage2D(TEXTURE_2D, 0, LUMINANCE, w, h, 0, LUMINANCE, UNSIGNED_BYTE, plane);
    });
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  #uniform(name: string): WebGLUniformLocation | null {
    return this.#gl.getUniformLocation(this.#program, name);
  }

  #addTexture(name: string, unit: number): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    // Each chroma sample stands for its own four pixels, as the encoder made it of them.
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    }
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
    }
    gl.uniform1i(this.#uniform(name), unit);
  }
}
