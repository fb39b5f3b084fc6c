using System.Runtime.InteropServices;

namespace Granary.Learning.MLNet.Tests;

/// <summary>The library that LightGBM loads on Linux (Debian's package libgomp1). Other systems carry or name their own.</summary>
internal static class OpenMp
{
    public const string Trainer = "mlnet-lightgbm";

    public static bool Missing { get; } = OperatingSystem.IsLinux() && !NativeLibrary.TryLoad("libgomp.so.1", out _);

    /// <summary>Skips the test of a trainer that needs the library where it is missing.</summary>
    public static void SkipWithout(string trainer) =>
        Assert.SkipWhen(trainer == Trainer && Missing, "needs libgomp1 (apt-get install libgomp1)");
}
