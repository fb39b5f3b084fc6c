namespace Granary.Testing;

/// <summary>
/// How often a costly test draws: fewer seeds or crash points on each run of <c>./test.sh</c>, all of them with <c>./test.sh --all</c>.
/// </summary>
internal static class TestEffort
{
    /// <summary>Whether the long form was asked for.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("GRANARY_TEST_LONG") == "1";

    /// <summary>The number for this run.</summary>
    /// <param name="usual">For each run.</param>
    /// <param name="whole">For the long form.</param>
    public static int Of(int usual, int whole) => IsLong ? whole : usual;

    /// <summary>Why a test of the long form skips; null in the long form.</summary>
    /// <param name="between">The test that claims the same on each run.</param>
    public static string? MissingLongForm(string between) =>
        IsLong ? null : $"belongs to the long form (./test.sh --all); on each run {between} claims it";
}
