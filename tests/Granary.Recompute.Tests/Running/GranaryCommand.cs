using System.Reflection;

namespace Granary.Recompute.Tests.Running;

/// <summary>
/// Runs the command line inside the test process, through its entry point only. One call at a time, since the console is shared.
/// </summary>
internal static class GranaryCommand
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);
    private static readonly MethodInfo Entry = Assembly.Load("granary").EntryPoint!;

    /// <summary>Runs the command and demands exit code 0.</summary>
    /// <returns>Standard output.</returns>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await CallAsync(arguments);
        code.ShouldBe(0, $"granary {string.Join(' ', arguments)}: {error}{output}");
        return output;
    }

    public static async Task<(int Code, string Output, string Error)> CallAsync(params string[] arguments)
    {
        await OneAtATime.WaitAsync();
        var (oldOut, oldError) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        // The trials of this call alone count, and none in the ledger of the user's account.
        using var trials = new TemporaryFolder();
        Environment.SetEnvironmentVariable("GRANARY_TRIALS", trials.Path);
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            var code = Entry.Invoke(null, [arguments]) switch
            {
                int value => value,
                Task<int> task => await task,
                var other => throw new InvalidOperationException($"the entry point returned {other}"),
            };
            return (code, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(oldOut);
            Console.SetError(oldError);
            OneAtATime.Release();
        }
    }
}
