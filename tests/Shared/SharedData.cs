namespace Granary.Testing;

/// <summary>Finds the shared market data and oracles beside the repository; a test that needs them skips, with the reason, where they are absent.</summary>
internal static class SharedData
{
    /// <summary>The repository's root: the nearest folder above the test's binary that holds Platform.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
            if (File.Exists(Path.Combine(dir.FullName, "Platform.sln")))
                return dir.FullName;
        throw new InvalidOperationException("Platform.sln was not found above " + AppContext.BaseDirectory);
    }

    /// <summary>The path of a file or folder under ../shared; skips the running test where it is absent.</summary>
    public static string Require(string relative)
    {
        var path = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", relative));
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"needs ../shared/{relative} beside the repository, which this machine does not have");
        return path;
    }
}
