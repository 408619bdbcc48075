/** The library's build in one file is the same library; it comes without types of its own. */
declare module "echarts/dist/echarts.esm.min" {
  export * from "echarts";
}
