// Verifies a log on disk with Go's own transparency log libraries (golang.org/x/mod/sumdb/note and tlog), which share no
// code with this project. Exit status: 0 verified, 1 refused, 2 called wrongly.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	proofs     = 64
)

func main() {
	log := flag.String("log", "", "folder of the log")
	key := flag.String("vkey", "", "verifier key, or a file that holds it")
	seen := flag.String("seen", "", "checkpoint seen earlier, which the log must continue")
	minimum := flag.Int64("minimum-size", 0, "least number of entries")
	flag.Parse()
	if *log == "" || *key == "" || flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	tree, err := verify(*log, *key, *seen, *minimum)
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Printf("verified: %d entries, root %v\n", tree.N, tree.Hash)
}

func verify(dir, key, seen string, minimum int64) (tree tlog.Tree, err error) {
	verifier, err := openKey(key)
	if err != nil {
		return tree, err
	}
	if tree, err = readCheckpoint(filepath.Join(dir, "checkpoint"), verifier); err != nil {
		return tree, err
	}
	if tree.N < minimum {
		return tree, fmt.Errorf("%d entries, at least %d expected", tree.N, minimum)
	}
	stored, err := hashEntries(dir, tree)
	if err != nil {
		return tree, err
	}
	if root, err := tlog.TreeHash(tree.N, stored); err != nil || root != tree.Hash {
		return tree, errors.New("the entries do not make the signed root")
	}
	tiles := tlog.TileHashReader(tree, &tileReader{dir})
	if err := compareLeaves(tree, stored, tiles); err != nil {
		return tree, err
	}
	if err := proveRecords(tree, stored, tiles); err != nil {
		return tree, err
	}
	return tree, proveTrees(tree, stored, tiles, seen, verifier)
}

func openKey(key string) (note.Verifier, error) {
	if text, err := os.ReadFile(key); err == nil {
		key = string(text)
	}
	return note.NewVerifier(strings.TrimSpace(key))
}

func readCheckpoint(path string, verifier note.Verifier) (tree tlog.Tree, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, errors.New("malformed checkpoint")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || tree.N < 1 {
		return tree, errors.New("malformed size")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, errors.New("malformed root")
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

// hashEntries hashes every entry again; no hash on disk is believed.
func hashEntries(dir string, tree tlog.Tree) (storedHashes, error) {
	stored := make(storedHashes, 0, tlog.StoredHashCount(tree.N))
	for first := int64(0); first < tree.N; first += tileWidth {
		width := tree.N - first
		if width > tileWidth {
			width = tileWidth
		}
		entries, err := readBundle(dir, first/tileWidth, int(width))
		if err != nil {
			return nil, err
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashes(first+int64(i), entry, stored)
			if err != nil {
				return nil, err
			}
			stored = append(stored, hashes...)
		}
	}
	return stored, nil
}

func readBundle(dir string, index int64, width int) ([][]byte, error) {
	data, full, err := readTile(dir, "entries", tlog.Tile{H: tileHeight, L: 0, N: index, W: width})
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("bundle %d is cut off", index)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if want := map[bool]int{false: width, true: tileWidth}[full]; len(entries) != want {
		return nil, fmt.Errorf("bundle %d has %d entries, not %d", index, len(entries), want)
	}
	return entries[:width], nil
}

// readTile reads a tile, or the full one that took the place of a partial one.
func readTile(dir, level string, tile tlog.Tile) (data []byte, full bool, err error) {
	exact := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/%d/", tileHeight, tile.L))
	data, err = os.ReadFile(filepath.Join(dir, "tile", level, exact))
	if errors.Is(err, os.ErrNotExist) && tile.W < tileWidth {
		wide := strings.TrimSuffix(exact, fmt.Sprintf(".p/%d", tile.W))
		data, err = os.ReadFile(filepath.Join(dir, "tile", level, wide))
		return data, true, err
	}
	return data, tile.W == tileWidth, err
}

// compareLeaves authenticates all tiles against the signed root, and compares them with the entries.
func compareLeaves(tree tlog.Tree, stored storedHashes, tiles tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += tileWidth {
		var indexes []int64
		for n := first; n < tree.N && n < first+tileWidth; n++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, n))
		}
		hashes, err := tiles.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, hash := range hashes {
			if hash != stored[indexes[i]] {
				return fmt.Errorf("tile and entry %d differ", first+int64(i))
			}
		}
	}
	return nil
}

func proveRecords(tree tlog.Tree, stored storedHashes, tiles tlog.HashReader) error {
	for _, n := range sample(tree.N) {
		proof, err := tlog.ProveRecord(tree.N, n, tiles)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, stored[tlog.StoredHashIndex(0, n)]); err != nil {
			return fmt.Errorf("record %d: %v", n, err)
		}
	}
	return nil
}

func proveTrees(tree tlog.Tree, stored storedHashes, tiles tlog.HashReader, seen string, verifier note.Verifier) error {
	var older []tlog.Tree
	for _, n := range sample(tree.N) {
		root, err := tlog.TreeHash(n+1, stored)
		if err != nil {
			return err
		}
		older = append(older, tlog.Tree{N: n + 1, Hash: root})
	}
	if seen != "" {
		before, err := readCheckpoint(seen, verifier)
		if err != nil {
			return fmt.Errorf("checkpoint seen earlier: %v", err)
		}
		if before.N > tree.N {
			return fmt.Errorf("%d entries, %d were seen earlier", tree.N, before.N)
		}
		older = append(older, before)
	}
	for _, before := range older {
		proof, err := tlog.ProveTree(tree.N, before.N, tiles)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return fmt.Errorf("tree of %d: %v", before.N, err)
		}
	}
	return nil
}

// sample gives indices spread over the log, the first and the last among them.
func sample(size int64) []int64 {
	step := size/proofs + 1
	indexes := []int64{size - 1}
	for n := int64(0); n < size-1; n += step {
		indexes = append(indexes, n)
	}
	return indexes
}

type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

type tileReader struct{ dir string }

func (r *tileReader) Height() int { return tileHeight }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		bytes, _, err := readTile(r.dir, strconv.Itoa(tile.L), tile)
		if err != nil {
			return nil, err
		}
		if len(bytes) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is cut off", tile.Path())
		}
		data[i] = bytes[:tile.W*tlog.HashSize]
	}
	return data, nil
}

func (r *tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
