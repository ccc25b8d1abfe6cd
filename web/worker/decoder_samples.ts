/**
 * A keyframe of each kind of picture, 128 pixels wide and high: a white, a red, a green and a blue square.
 *
 * Written by `tests/support/write_decoder_samples.ts`.
 *
 * @module
 */

/** What a page tries a decoder with. */
export interface DecoderSample {
  /** The protocol's name of what decodes it. */
  readonly name: string;
  /** Codec string. */
  readonly codec: string;
  /** The access unit, in base64. */
  readonly unit: string;
}

/** In pixels. */
export const SAMPLE_SIZE = 128;

/** The preferred first. */
export const DECODER_SAMPLES: readonly DecoderSample[] = [
  {
    name: "h264",
    codec: "avc1.42c01e",
    unit:
      "AAAAAWdCwB7aCBGwFqAgINSgAAADACAAAA8R4sXUAAAAAWjOBvIAAAABZYiEomKAAI9knJycRigACWrHAAED2OAAId0nJydddddPXXXXXXXT111111109ddc2KAAIz8cAAQlY4AAhj2traxRIoAAhUwwAC5wABFmhgAHQDAEwcXwcXwcXxxfBgJKFASUKAkoUBJRra2tdddczx+paWlrrrrp66666666euuv",
  },
  {
    name: "vp9",
    codec: "vp09.00.11.08.01.01.01.05.00",
    unit:
      "gkmDQiAH8Af0CDgkHBhQAAHQR/b9H+j5nceMfr8Nv6C7Mn3fTmt8OQ/Y/WYRgABsVveOW5P86gxRcp+cj1o/0H2l1hEQs3uk59gGlLgjNJaWft9GgYrYL449dqEIvPrJr3Ua/qy9FSUuU1OvNdVce3ot9Tdaq3M/KavGj0d9ByALaBoU4GClHerTLA7gyOpcX5/DxilrZCMENvdYnTqNxerF+gzuJgHUhFM5d0mEfwvdTsR0s4/LZsE6Ol1uO8264RTBNQUJI7CvpIdBPQwTavqwCGlu3Lke+tSewADRFBPtCllj1GA=",
  },
  {
    name: "av1",
    codec: "av01.0.00M.08.0.110.02.02.02.0",
    unit:
      "EgAKCwAAAAM3//wNr5AEMlETX1gBoUABBBBCAASAAB3DLgU4l1XodUkR+fjrpfJwmjuV0yEbdGNfSmu5ayDBtLfRo3exsAf0IuVLPIYPD/ALqhFEEWM0I7lTuvAlOxGrc6A=",
  },
  {
    name: "vp8",
    codec: "vp8",
    unit:
      "0AoAnQEqgACAADkLAAMcIhYWImYSIBIIb53R3QXwD+gMj75h+E/AfwB1RXgP4A/qrxgvYH9Vc77H5PzZQJ2ERcfAfu9D/uhG/P+2BSU++5u4hLzmk52P1NMTsIZ/DjAA/v7dzH/R8EOfz7fP7GX6cUMRST4xpXczP8LEuGJPvd0IrrDRi3FHn44z/9X3gClUQa4qvDACOhlq7bWDa15TYhrUAA==",
  },
  {
    name: "hevc",
    codec: "hev1.1.6.L93.90",
    unit:
      "AAAAAUABDAH//wFgAAADAJAAAAMAAAMAXboCQAAAAAFCAQEBYAAAAwCQAAADAAADAF2gECAgWW6Skwv/wABAAFqAgIMCAAADAAIAAAMAeBAAAAABRAHAc8GJAAAAAUABDAH//wFgAAADAJAAAAMAAAMAXboCQAAAAAFCAQEBYAAAAwCQAAADAAADAF2gECAgWW6Skwv/wABAAFqAgIMCAAADAAIAAAMAeBAAAAABRAHAc8GJAAAAASgBrGyFmTPlF7/8FOK2n//4FMn/gN3L2s4/6GZfiPmdEdf/7h5f/qOi/7Or2q+mv/Zd/H2gOPzHB/oFqtbfwA==",
  },
  {
    name: "h264-444",
    codec: "avc1.f40014",
    unit:
      "AAAAAWf0ABSRloIEbAWoCAgyAAADAAIAAAMA8R4oVUAAAAABaM4GxkgAAAABZYiEokUAAR7OTyeTyRQABLVigACB7FAAEO6TyeT169evXr169evXr169evXr169evXr1FAAEZ+KAAISsUAAQxb7v36igACFTFAAEUyKAAIjt+/fruvXr169evXr169evXr169evXr16+",
  },
  {
    name: "vp9-444",
    codec: "vp09.01.11.08.03.01.01.05.00",
    unit:
      "okmDQiAA/gD+gQcEg4MKAAA6R/b9H+j5nceMfr8Nv6C7Mn3fTmt8OQ/Y/WYRgABsVveOW5P86gxRcp+cj1o/0H2l1hEQs3uk59gGlLgjNJaWft9GgYrYL449dqECrYYCfsiBQ0AEL70Q8k9gwg2WW23+BexKHIH72klI2nW325eIIviqGBoG3m+LEsaiLNxOUpujuDI6lxfn8PGKWtkIwQ291idOo3F6sX6DO4mAdEsVP0LiL6bskhKuIdLBF9UOjRm2TH02MIdBPQwTbeg08KytkYsVwCmVXRIYMT9sd7kgI6MbAEKVcdDI3jgMTn3IAA0RQ1lhn9LbDg4gMaI8WHkA",
  },
  {
    name: "av1-444",
    codec: "av01.1.00M.08.0.000.02.02.02.0",
    unit:
      "EgAKCyAAAAM3//wNr5AgMlITX1gBoUABBBBCAASAAB3DLgU4l1qmv+JItKITSJnLgiQFq8FnAxE9FIFrVHbBtLfRo3WH45NDhGF/MvI4Kqguf4zWT814JsDfXe6W8lyUTvLA",
  },
];
