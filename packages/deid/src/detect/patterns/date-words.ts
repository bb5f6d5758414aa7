/** Words and numbers as dates and clock times are written with. */
export const MONTHS: readonly string[] =
  'january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec'.split(
    ' ',
  )
export const MONTH: string =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'
export const YEAR: string = '(?:(?:18|19|20)\\d{2}(?!\\d))'
export const SHORT_YEAR: string = "'\\d{2}(?!\\d)"
export const ONES: string = '(?:one|two|three|four|five|six|seven|eight|nine)'
export const TEENS: string = '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)'
export const TENS: string = '(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)'
