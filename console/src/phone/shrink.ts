// A photo made small enough for a thin line; what the camera wrote into it stays on the phone.
const SIDE_PX = 2000;
const QUALITY = 0.85;

/** Return the picture upright as a JPEG of at most 2,000 pixels; null when it cannot be read. */
export async function shrunk(file: Blob): Promise<Blob | null> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const scale = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const ground = canvas.getContext("2d")!;
  ground.fillStyle = "#fff";
  ground.fillRect(0, 0, canvas.width, canvas.height);
  ground.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((tell) => canvas.toBlob(tell, "image/jpeg", QUALITY));
}
