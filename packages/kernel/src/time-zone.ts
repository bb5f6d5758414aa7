/** Whether a text is the name of a zone of time, an older one too (IANA Time Zone Database). */
export function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
