namespace Granary.Exchanges.Tests;

/// <summary>Runs the tests, or with the word <c>exchange</c> a local exchange as a process of its own.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) =>
        arguments is [ExchangeHost.Word, var name, .. var coins] ? ExchangeHost.RunAsync(name, coins)
        // As the entry point that xUnit makes for a project without one.
        : arguments.Any(a => a is "--server" or "--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(arguments,
                SelfRegisteredExtensions.AddSelfRegisteredExtensions)
        : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(arguments);
}
