declare module "virtual:domain-words" {
  const words: { en: Record<string, string>; zh: Record<string, string> };
  export default words;
}
