namespace Granary.Testing;

/// <summary>A program that a test starts and that a machine may lack.</summary>
internal static class OptionalProgram
{
    /// <summary>Whether a folder of the path has it.</summary>
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    /// <summary>Skips the test where the program is missing.</summary>
    /// <param name="package">Debian's package of it.</param>
    public static void Require(string program, string package) =>
        Assert.SkipUnless(Has(program), $"needs {program}, which this machine does not have; on Debian: apt-get install {package}");
}
