/* One person as a picture: relief and colours, light, then hair stroke by stroke. */
import { bodyRelief } from './body/body-relief.ts';
import { dressBody, layScarf } from './body/dress.ts';
import { drawBrows, drawLashes } from './face/brows-and-lashes.ts';
import { earLayer } from './face/ears.ts';
import { catchLight, paintEyeball } from './face/eyes.ts';
import { faceLines } from './face/face-lines.ts';
import { addGlasses, lensGleam } from './face/glasses.ts';
import { placeHead } from './face/head-layer.ts';
import { faceRelief } from './face/relief.ts';
import { faceSkin } from './face/skin.ts';
import { drawBackHair, drawBeard, drawFrontHair } from './hair/styles.ts';
import { paintBackdrop } from './paint/backdrop.ts';
import { Brush } from './paint/brush.ts';
import { develop } from './paint/develop.ts';
import { light } from './paint/light.ts';
import type { LitScene } from './paint/light.ts';
import { clamp01, cloud, seededRandom, smoothstep } from './paint/math.ts';
import { blur, sample } from './paint/plane.ts';
import { Scene, setColour } from './paint/scene.ts';
import type { Person } from './person.ts';

export const PICTURE_SIDE = 1024;

/** Raw RGB, 1024 × 1024. `oversampling` 1.5 is quick, 2 is for keeps. */
export async function drawPerson(person: Person, oversampling = 2): Promise<Buffer> {
  const size = Math.round((PICTURE_SIDE * oversampling) / 4) * 4;
  const scene = new Scene(size);
  const lines = faceLines(person.shape);
  const relief = faceRelief(lines);
  const place = placeHead(relief, person.turn, person.tilt);
  const body = bodyRelief(person);

  // Surfaces, from far to near
  scene.add({
    bounds: { left: -105, right: 105, top: 60, bottom: 330 },
    height: (x, y) => (Math.abs(x) < body.neckHalf && y < 176 ? body.height(x, y) : y > body.shoulderTop(Math.abs(x)) ? body.height(x, y) : NaN),
    paint: (x, y, into) => {
      setColour(into, person.skin.base);
      const mottle = cloud(x / 13, y / 13, 3, 4), flush = person.skin.flushAmount * 0.3 * smoothstep(150, 230, y);
      into.red = (into.red * (1 - flush) + person.skin.flush[0] * flush) * (0.95 + 0.03 * mottle);
      into.green = (into.green * (1 - flush) + person.skin.flush[1] * flush) * (0.93 - 0.02 * mottle);
      into.blue = (into.blue * (1 - flush) + person.skin.flush[2] * flush) * (0.92 - 0.03 * mottle);
      into.flesh = 1;
      into.gloss = person.skin.gloss * 0.4;
      into.sharpness = 10;
    },
  });
  dressBody(scene, body, person.dress);
  const scarf = person.dress.kind === 'scarf' ? person.dress.scarf : undefined;
  if (!scarf && person.hair?.style.kind !== 'long') scene.add(earLayer(lines, place, person.skin));
  const paintSkin = faceSkin(lines, person.skin, person.brows), paintEye = paintEyeball(lines, person.eyes);
  scene.add({
    bounds: { left: -88, right: 88, top: -122, bottom: 144 },
    height: (x, y) => {
      const f = place.toFace(x, y);
      return relief.outward(f.x, f.y) < 1.03 ? place.height(f.x, f.y) : NaN;
    },
    paint: (x, y, into) => {
      const f = place.toFace(x, y);
      const edge = relief.outward(f.x, f.y);
      paintSkin(f.x, f.y, into);
      into.cover = smoothstep(1.006, 0.992, edge);
    },
  });
  scene.add({
    bounds: { left: -66, right: 66, top: -22, bottom: 38 },
    height: (x, y) => {
      const f = place.toFace(x, y);
      return Math.abs(Math.abs(f.x) - lines.eye.centreX) < 21 ? relief.eyeball(f.x, f.y) : NaN;
    },
    paint: (x, y, into) => {
      const f = place.toFace(x, y);
      if (relief.isEyeOpen(f.x, f.y)) paintEye(f.x, f.y, into);
      else into.cover = 0;
    },
  });
  if (scarf) layScarf(scene, body, scarf, lines.chinY, (x, y) => place.toPicture(x, y, -45), (x, y) => {
    const f = place.toFace(x, y);
    return place.height(f.x, f.y);
  });
  if (person.glasses) addGlasses(scene, lines, place, person.glasses.colour);

  // Hair before the face is drawn on its own first: it throws a shadow
  const blank = (): LitScene => ({ red: new Float32Array(size * size), green: new Float32Array(size * size), blue: new Float32Array(size * size) });
  const hair = blank();
  const mask = new Float32Array(size * size);
  const context = (brush: Brush, seed: number) => ({ brush, lines, place, random: seededRandom(person.seed * 101 + seed), tone: person.hair!.tone });
  if (person.hair) drawFrontHair(context(new Brush(scene, hair, mask), 1), person.hair.style);
  const lit = light(scene, veilOf(scene, mask));

  const picture = paintBackdrop(scene, person.backdrop);
  if (person.hair) drawBackHair(context(new Brush(scene, picture), 2), person.hair.style);
  over(picture, lit, scene.cover);
  const brush = new Brush(scene, picture);
  lightEyes(scene, picture, (x, y) => {
    const f = place.toFace(x, y);
    return (relief.isEyeOpen(f.x, f.y) ? catchLight(lines, f.x, f.y) * 1.25 : 0) + (person.glasses ? lensGleam(lines, f.x, f.y) : 0);
  });
  if (person.beard) drawBeard({ brush, lines, place, random: seededRandom(person.seed + 7), tone: person.beard.tone }, person.beard);
  drawLashes(brush, lines, place, person.eyes, person.seed + 1);
  drawBrows(brush, lines, place, person.brows, person.seed + 2, (person.beard?.tone.grey ?? person.hair?.tone.grey ?? 0) * 0.3);
  if (person.glasses) overGlasses(scene, picture, lit, person.glasses.colour);
  for (const channel of ['red', 'green', 'blue'] as const) {
    const to = picture[channel], from = hair[channel];
    for (let i = 0; i < to.length; i++) to[i] = to[i]! * (1 - mask[i]!) + from[i]!;
  }
  return develop(picture, size, PICTURE_SIDE);
}

/** Light that hair lets through: its mask, moved away from the lamp and softened. */
function veilOf(scene: Scene, mask: Float32Array): Float32Array {
  const { size, pixelsPerMm: scale } = scene;
  const near = blur(mask.slice(), size, 1.6 * scale), far = blur(mask.slice(), size, 5 * scale);
  const veil = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const a = sample(near, size, column - 2.2 * scale, row - 2.2 * scale), b = sample(far, size, column - 6 * scale, row - 6 * scale);
      veil[row * size + column] = (1 - 0.55 * clamp01(a)) * (1 - 0.5 * clamp01(b * 1.1));
    }
  }
  return veil;
}

function over(picture: LitScene, lit: LitScene, cover: Float32Array): void {
  for (const channel of ['red', 'green', 'blue'] as const) {
    const to = picture[channel], from = lit[channel];
    for (let i = 0; i < to.length; i++) to[i] = to[i]! * (1 - cover[i]!) + from[i]! * cover[i]!;
  }
}

function lightEyes(scene: Scene, picture: LitScene, glow: (x: number, y: number) => number): void {
  for (let row = 0; row < scene.size; row++) {
    const y = scene.yOf(row);
    if (y < -30 || y > 52) continue;
    for (let column = 0; column < scene.size; column++) {
      const x = scene.xOf(column);
      if (Math.abs(x) > 75) continue;
      const value = glow(x, y), at = row * scene.size + column;
      if (value <= 0) continue;
      picture.red[at]! += value;
      picture.green[at]! += value;
      picture.blue[at]! += value;
    }
  }
}

/** Brows and lashes lie behind the frames. */
function overGlasses(scene: Scene, picture: LitScene, lit: LitScene, colour: readonly [number, number, number]): void {
  for (let i = 0; i < scene.red.length; i++) {
    if (scene.sharpness[i] !== 26 || Math.abs(scene.red[i]! - colour[0]) > 1e-4) continue;
    picture.red[i] = lit.red[i]!;
    picture.green[i] = lit.green[i]!;
    picture.blue[i] = lit.blue[i]!;
  }
}
