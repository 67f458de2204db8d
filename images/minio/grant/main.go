// grant: gives MinIO the bucket, the users and the policies of a file, and takes away every other user. Idempotent.
//
//	grant identity   prints the identity of the data that the server keeps
//	grant apply      makes the server agree with /run/secrets/grants.json
//
// It reaches the server by the unix socket in /run/keeper, as $MINIO_ROOT_USER with the word in
// $MINIO_ROOT_PASSWORD_FILE.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/minio/madmin-go/v3"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	socket = "/run/keeper/minio.sock"
	given  = "/run/secrets/grants.json"
)

// grants is the file: of each policy its document, of each user its policy and its secret key.
type grants struct {
	Bucket   string                     `json:"bucket"`
	Policies map[string]json.RawMessage `json:"policies"`
	Users    map[string]struct {
		Policy string `json:"policy"`
		Secret string `json:"secret"`
	} `json:"users"`
}

type server struct {
	admin *madmin.AdminClient
	store *minio.Client
}

func main() {
	ctx, done := context.WithTimeout(context.Background(), 20*time.Second)
	defer done()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "grant:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	to, err := reach()
	if err != nil {
		return err
	}
	switch strings.Join(os.Args[1:], " ") {
	case "identity":
		info, err := to.admin.ServerInfo(ctx)
		if err == nil {
			fmt.Println(info.DeploymentID)
		}
		return err
	case "apply":
		return to.apply(ctx)
	default:
		return fmt.Errorf("usage: grant identity | apply")
	}
}

func reach() (*server, error) {
	word, err := os.ReadFile(os.Getenv("MINIO_ROOT_PASSWORD_FILE"))
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	transport := &http.Transport{DialContext: dial}
	root := credentials.NewStaticV4(os.Getenv("MINIO_ROOT_USER"), strings.TrimSpace(string(word)), "")
	admin, err := madmin.NewWithOptions("keeper", &madmin.Options{Creds: root, Transport: transport})
	if err != nil {
		return nil, err
	}
	store, err := minio.New("keeper", &minio.Options{Creds: root, Transport: transport, Region: "us-east-1"})
	return &server{admin, store}, err
}

func (to *server) apply(ctx context.Context) error {
	text, err := os.ReadFile(given)
	if err != nil {
		return err
	}
	var wanted grants
	if json.Unmarshal(text, &wanted) != nil {
		return fmt.Errorf("grants.json is not of its form")
	}
	if err := to.makeBucket(ctx, wanted.Bucket); err != nil {
		return err
	}
	for name, document := range wanted.Policies {
		if err := to.admin.AddCannedPolicy(ctx, name, document); err != nil {
			return fmt.Errorf("policy %s: %w", name, err)
		}
	}
	for name, user := range wanted.Users {
		if err := to.admin.SetUser(ctx, name, user.Secret, madmin.AccountEnabled); err != nil {
			return fmt.Errorf("user %s: %w", name, err)
		}
		if err := to.admin.SetPolicy(ctx, user.Policy, name, false); err != nil {
			return fmt.Errorf("policy %s of %s: %w", user.Policy, name, err)
		}
	}
	return to.removeOthers(ctx, wanted)
}

func (to *server) makeBucket(ctx context.Context, name string) error {
	there, err := to.store.BucketExists(ctx, name)
	if err != nil || there {
		return err
	}
	return to.store.MakeBucket(ctx, name, minio.MakeBucketOptions{})
}

func (to *server) removeOthers(ctx context.Context, wanted grants) error {
	known, err := to.admin.ListUsers(ctx)
	for name := range known {
		if _, listed := wanted.Users[name]; !listed && err == nil {
			err = to.admin.RemoveUser(ctx, name)
		}
	}
	return err
}
