package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	var name string
	root := &cobra.Command{Use: "tool", Short: "a tool", SilenceErrors: true}
	greet := &cobra.Command{
		Use:  "greet [words]",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			fmt.Fprintln(cmd.OutOrStdout(), "hello", name, args)
			return nil
		},
	}
	greet.Flags().StringVarP(&name, "name", "n", "nobody", "who is greeted")
	root.AddCommand(greet)
	root.SetOut(os.Stdout)
	root.SetErr(os.Stdout)
	for _, args := range [][]string{{"greet", "-n", "you", "a", "b"}, {"greet"}, {"nothing"}, {"help", "greet"}} {
		root.SetArgs(args)
		fmt.Println(root.Execute())
	}
}
