using System.Reflection;

namespace Granary.Server.Operations;

/// <summary>The version of this program.</summary>
internal static class ProgramVersion
{
    private const int CommitLength = 12;

    /// <summary>Version and source commit, if the build knows it, such as 0.1.0+3bf2f05d0534.</summary>
    public static string Text { get; } =
        Of(typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    /// <param name="full">The version with the complete commit hash, as the build writes it.</param>
    internal static string Of(string full) =>
        full.IndexOf('+') is > 0 and var plus && full.Length > plus + 1 + CommitLength ? full[..(plus + 1 + CommitLength)] : full;
}
