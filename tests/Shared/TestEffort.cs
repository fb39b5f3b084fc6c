namespace Granary.Testing;

/// <summary>
/// How often a costly test draws: fewer seeds or crash points on each run of <c>./test.sh</c>, all of them with <c>GRANARY_TEST_LONG=1</c>.
/// </summary>
internal static class TestEffort
{
    /// <summary>Whether the long form was asked for.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("GRANARY_TEST_LONG") == "1";

    /// <summary>The number for this run.</summary>
    /// <param name="usual">For each run.</param>
    /// <param name="whole">For the long form.</param>
    public static int Of(int usual, int whole) => IsLong ? whole : usual;
}
