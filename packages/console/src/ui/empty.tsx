/** A list without rows says so. */
export function Empty({ children }: { readonly children: string }): React.JSX.Element {
  return <p className="bw-dim">{children}</p>
}
