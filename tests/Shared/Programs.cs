namespace Granary.Testing;

/// <summary>The programs as users have them: published, and compiled ahead of time. <c>./test.sh</c> publishes them.</summary>
internal static class Programs
{
    /// <summary>The command line that <c>./granary</c> builds and starts.</summary>
    public static string Granary => Find("Granary.Cli", "granary.dll");

    /// <summary>The silo that <c>./test.sh</c> publishes as the image does.</summary>
    public static string Silo => Find("Granary.Silo", "granary-silo.dll");

    private static string Find(string project, string file) =>
        Path.Combine(SharedData.RepositoryRoot, "src", project, "bin", "Release", "published", file) is var program && File.Exists(program)
            ? program
            : throw new InvalidOperationException($"{program} is missing: run infra/programs.sh, which publishes the programs that tests start");
}
