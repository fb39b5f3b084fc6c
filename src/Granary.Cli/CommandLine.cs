using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Cli;

/// <summary>
/// Runs a command and converts an error into one sentence on stderr and an exit code: 1 if the work failed, 2 if the call or an input was
/// wrong.
/// </summary>
internal static partial class CommandLine
{
    public const int Failed = 1, Wrong = 2;

    public static async Task<int> RunAsync(RootCommand root, CompositionRoot host, string[] args)
    {
        if (args.Length == 0) return await FirstStepAsync(root, host);
        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            Refuse(args, Sentence(result));
            return Wrong;
        }
        // Ctrl-C asks a run to stop; it may take as long as it needs to leave a readable folder.
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromMinutes(2)
        };
        try
        {
            host.CheckPlugins(result);
            return await result.InvokeAsync(configuration);
        }
        catch (InputException e)
        {
            foreach (var fault in e.Faults) Refuse(args, fault);
            return Wrong;
        }
        catch (BarDataException e)
        {
            Refuse(args, e.Message);
            return Wrong;
        }
        catch (Exception e) when (e is DiskException or BarStoreException or Granary.Data.Journals.JournalException
            or Granary.Data.Journals.LeaseException or Granary.Simulation.Json.ServiceUnavailableException
            or Granary.Simulation.Batches.StuckStrategyException or Granary.Simulation.Passes.RecordDiffersException)
        {
            var resumes = e is DiskException { IsResumable: true } && result.CommandResult.Command.Options.Any(o => o.Name == "--resume");
            Refuse(args, resumes ? $"{e.Message} with --resume" : e.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            Complain("stopped");
            return Failed;
        }
        catch (Exception e) when (DiskException.CauseOf(e) is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            var cause = DiskException.CauseOf(e);
            Refuse(args, FullDisk.Is(cause) ? $"{cause.Message.TrimEnd('.')}; make room there, and run the command again"
                : cause.Message);
            return Failed;
        }
    }

    private static async Task<int> FirstStepAsync(RootCommand root, CompositionRoot host)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            FirstSteps.Write(Console.Out);
            return 0;
        }
        if (FirstSteps.Ask(Console.Out, TypedLine.Read) is not { } chosen) return 0;
        Console.WriteLine($"$ {FirstSteps.Words(chosen)}");
        return await RunAsync(root, host, chosen);
    }

    private static string Sentence(ParseResult result)
    {
        var verbs = result.CommandResult.Command.Subcommands.Select(c => c.Name).ToList();
        var options = result.CommandResult.Command.Options.Select(o => o.Name).ToList();
        if (result.UnmatchedTokens.Count > 0)
        {
            var word = result.UnmatchedTokens[0];
            var called = FirstSteps.Words(Path(result.CommandResult)).TrimEnd();
            if (called == "granary" && File.Exists(word))
                return $"'{word}' is a file; did you mean '{FirstSteps.Words(["backtest", word])}'?";
            var near = Spelling.Nearest(word, word.StartsWith('-') ? options : verbs);
            return $"'{word}' is not understood by '{called}'"
                + (near is null ? "; --help lists the commands and options" : $"; did you mean '{near}'?");
        }
        // A command that only has others below it.
        if (verbs.Count > 0 && result.CommandResult.Command.Action is null)
            return $"'{FirstSteps.Words(Path(result.CommandResult))}' needs one of {string.Join(", ", verbs)}; --help explains them";
        var fault = result.Errors[0].Message.TrimEnd('.');
        // The parser's "Cannot parse argument 'x' for option '--threads' as expected type 'System.Int32'" names types of .NET.
        if (fault.StartsWith("Cannot parse argument ", StringComparison.Ordinal)
            && fault.Split('\'') is [_, var text, _, var name, _, var type, _])
            fault = $"{name} {text}: a {(type.Contains("Int", StringComparison.Ordinal) ? "whole " : "")}number is required";
        return fault + "; --help shows how it is called";
    }

    private static IEnumerable<string> Path(CommandResult command) =>
        command.Parent is CommandResult parent ? Path(parent).Append(command.Command.Name) : [];

    // A sentence may repeat an argument, and that may be an address with a password. Logs keep what is written here.
    private static void Refuse(string[] args, string sentence) => Complain(args.Aggregate(sentence, static (text, argument) =>
    {
        var start = argument.StartsWith('-') ? argument.IndexOf('=', StringComparison.Ordinal) + 1 : 0;
        var address = argument[start..];
        return !MayHaveSecret().IsMatch(address) || address.Any(char.IsControl) ? text
            : text.Replace(address, Address.Parse(address).ToString(), StringComparison.Ordinal);
    }));

    // An address of a server, also with one slash too few, or a connection string. The id of a strategy has an @ and a colon too.
    [GeneratedRegex(@"^[a-z]\w*:/|\b(pass\w*|pwd)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
        | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex MayHaveSecret();

    public static void Complain(string sentence) => Console.Error.WriteLine("granary: " + sentence.ReplaceLineEndings(" "));
}
