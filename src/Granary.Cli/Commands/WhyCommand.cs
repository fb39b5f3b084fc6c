using System.CommandLine;
using System.Text.Json;
using Granary.Backtesting.Why;
using Granary.Contracts.Jobs;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;
using Granary.Trading.Live;
using Granary.Trading.Why;

namespace Granary.Cli.Commands;

/// <summary><c>granary why RUN_DIR|STATE</c>: everything that decided about a strategy at one bar, or why it did not trade.</summary>
internal sealed class WhyCommand(CompositionRoot root)
{
    private const string AccountPart = "?account=";

    private readonly Argument<string> _source = new("RUN_DIR|STATE")
    {
        Description = "a run's folder, or the --state of a live session; with --host the id of a run, or an account's name",
    };

    private readonly Option<string> _strategy = new("--strategy") { Required = true, Description = "the strategy's id" };
    private readonly Option<string?> _symbol = new("--symbol") { Description = "a symbol of a strategy with several (the first)" };
    private readonly Option<string?> _at = new("--at") { Description = "a time within the bar, UTC, such as 2024-01-31T14:30:00Z" };
    private readonly Option<int?> _trade = new("--trade")
    {
        Description = "the bar that signalled this trade, by its row in trades.csv, from 1",
    };

    private readonly Option<int?> _signal = new("--signal")
    {
        Description = "the bar of this signal, by its number in signals.csv, from 1",
    };

    private readonly Option<string?> _from = new("--from") { Description = "why there was no trade from this time on" };
    private readonly Option<string?> _to = new("--to") { Description = "the end of that span; the time itself is left out" };
    private readonly Option<int> _step = new("--step") { Description = "bars to go on from there; negative = back (0)" };
    private readonly Option<bool> _json = new("--json") { Description = "print the answer as JSON" };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "address of a server or of silos, such as http://a:8080,http://b:8080, that has the run or the session",
    };

    public static Command Create(CompositionRoot root)
    {
        var why = new WhyCommand(root);
        var command = new Command("why",
            "Why a strategy acted or did not act at a bar: factors, conditions, orders, model, rules and cash of the portfolio.")
        {
            why._source, why._strategy, why._symbol, why._at, why._trade, why._signal, why._from, why._to, why._step, why._json, why._host,
        };
        command.SetAction(async (call, token) =>
        {
            var answer = await why.AnswerAsync(call, token);
            if (call.GetValue(why._json)) Console.WriteLine(JsonSerializer.Serialize(answer, Indented));
            else WhyView.Write(answer);
            return 0;
        });
        return command;
    }

    private static readonly JsonSerializerOptions Indented = new(JobJson.Options) { WriteIndented = true };

    private async Task<WhyAnswer> AnswerAsync(ParseResult call, CancellationToken cancellationToken)
    {
        var query = new WhyQuery(call.GetValue(_strategy)!, call.GetValue(_symbol), Time(call, _at), call.GetValue(_trade),
            call.GetValue(_signal), Time(call, _from), Time(call, _to), call.GetValue(_step));
        WhyPlace.Check(query);
        var source = call.GetValue(_source)!;
        if (call.GetValue(_host) is { } host)
        {
            using var client = root.Server(host);
            return await client.WhyAsync(source, query, cancellationToken);
        }
        var catalogues = root.Catalogues(call);
        if (File.Exists(Path.Combine(source, "manifest.json")))
        {
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source));
            var runs = new RunLibrary(Path.GetDirectoryName(folder)!);
            return await new RunWhy(runs, catalogues, TimeProvider.System).AnswerAsync(Path.GetFileName(folder), query);
        }
        var isDatabase = source.Contains("://", StringComparison.Ordinal);
        if (!isDatabase && !Directory.Exists(source))
            throw new InputException($"{source}: there is no such folder; give that of a run, or the --state of a live session");
        if (!isDatabase && !File.Exists(Path.Combine(source, "journal.grj")))
            throw new InputException($"{source} has neither a manifest.json of a run nor the journal of a session; give the folder of a "
                + "run, or the --state of a live session");
        var (address, account) = AccountOf(source, isDatabase);
        var shown = isDatabase ? Address.Parse(source).ToString() : source; // without the password
        return await new SessionWhy(AccountStores.Open(Address.Parse(address), one: true), catalogues).AnswerAsync(account, query,
            cancellationToken, $"granary why {shown}")
            ?? throw new InputException($"{shown}: the journal has no session; give the --state of a session that has traded");
    }

    private static (string Address, string Account) AccountOf(string source, bool isDatabase)
    {
        if (!isDatabase) return (source, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))));
        var cut = source.IndexOf(AccountPart, StringComparison.Ordinal);
        return cut > 0 ? (source[..cut], source[(cut + AccountPart.Length)..])
            : throw new InputException($"{Address.Parse(source)} names no account; write postgres://…/DATABASE?account=NAME");
    }

    private static DateTime? Time(ParseResult call, Option<string?> option) =>
        Given.Time(call.GetValue(option), option.Name) is { } ticks ? new DateTime(ticks, DateTimeKind.Utc) : null;
}
