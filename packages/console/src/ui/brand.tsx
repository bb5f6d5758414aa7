import mark from './mark.svg'

export function Brand(): React.JSX.Element {
  return (
    <div className="bw-brand">
      <img src={mark} alt="" />
      Breakwater
    </div>
  )
}
