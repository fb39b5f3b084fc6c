namespace Granary.Testing;

/// <summary>
/// Finds the data of the tests: the synthetic bars and oracles that the repository carries (tests/Data), and the real ones of ../shared
/// beside it. GRANARY_SHARED names another folder than ../shared; "none" hides it.
/// </summary>
internal static class SharedData
{
    /// <summary>The repository's root: the nearest folder above the test's binary that holds Platform.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static readonly string? Folder = FindFolder();

    /// <summary>Why a test of real data skips; null where ../shared is present.</summary>
    public static string? MissingReason =>
        Folder is null ? "needs ../shared beside the repository, which this machine does not have" : null;

    /// <summary>
    /// The data that a comparison runs on: the synthetic set (true) everywhere, the real one (false) where ../shared is present.
    /// </summary>
    public static bool[] IsSynthetic { get; } = Folder is null ? [true] : [true, false];

    /// <summary>A file or folder of the synthetic bars and oracles in tests/Data/synthetic.</summary>
    public static string Synthetic(string relative) => Path.Combine(RepositoryRoot, "tests", "Data", "synthetic", relative);

    /// <summary>
    /// Daily bars with an adjusted close, in Yahoo's format: those of Oracle where ../shared is present, else synthetic ones.
    /// </summary>
    public static string DailyWithAdjustedClose => Find("data/backtrader/orcl-1995-2014.txt") ?? Synthetic("bars/alpha-daily.txt");

    /// <summary>The path of a file or folder of ../shared; null where it is absent.</summary>
    public static string? Find(string relative)
    {
        if (Folder is null) return null;
        var path = Path.Combine(Folder, relative);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    /// <summary>The path of a file or folder of ../shared; skips the running test where it is absent.</summary>
    public static string Require(string relative)
    {
        var path = Find(relative);
        if (path is null) Assert.Skip($"needs ../shared/{relative} beside the repository, which this machine does not have");
        return path;
    }

    private static string FindRoot()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
            if (File.Exists(Path.Combine(dir.FullName, "Platform.sln")))
                return dir.FullName;
        throw new InvalidOperationException("Platform.sln was not found above " + AppContext.BaseDirectory);
    }

    private static string? FindFolder()
    {
        var named = Environment.GetEnvironmentVariable("GRANARY_SHARED");
        if (named == "none") return null;
        var folder = Path.GetFullPath(string.IsNullOrEmpty(named) ? Path.Combine(RepositoryRoot, "..", "shared") : named);
        return Directory.Exists(folder) ? folder : null;
    }
}
