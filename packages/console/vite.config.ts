import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

// The server sends a policy without inline code: nothing may be inlined, not even a small image or a preload helper.
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  resolve: { conditions: ['breakwater-source', ...defaultClientConditions] },
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
})
