// What the camera needs of `qr`: the decoder alone.
export { decodeQR } from "qr/decode.js";
