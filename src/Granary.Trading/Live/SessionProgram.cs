using System.Reflection;

namespace Granary.Trading.Live;

/// <summary>The program that runs a session.</summary>
internal static class SessionProgram
{
    /// <summary>Version and source commit, if the build knows it.</summary>
    public static string Version { get; } =
        typeof(SessionProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
