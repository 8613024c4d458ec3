/** Parts of a photo avatar's bundle: the picture, and the mesh in its pixels (x, y, z of each point, little-endian 32-bit floats). */
export const partNames = { master: 'master.jpg', mesh: 'mesh.f32' } as const;
