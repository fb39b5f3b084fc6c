using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Contracts.Deployments;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;
using Granary.Trading.Deployments;
using Granary.Trading.Live;
using Granary.Trading.Parity;

namespace Granary.Cli.Commands;

/// <summary><c>granary parity STATE PROD.json</c>: compares days of an account with a backtest of the final bars, by cause.</summary>
internal sealed class ParityCommand(CompositionRoot root)
{
    private readonly Argument<string> _state = new("STATE")
    {
        Description = "the account's --state: a folder, or postgres://…/DATABASE?account=NAME; a session may be trading it",
    };

    private readonly Argument<string?> _production = new("PROD.json")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "the configuration that the account trades; without it, give --deployment",
    };

    private readonly Option<string?> _deployments = new("--deployments")
    {
        Description = "the store that keeps the records, a folder or postgres://… (none are kept)",
    };

    private readonly Option<int?> _deployment = new("--deployment") { Description = "the number of the deployment in --deployments" };
    private readonly Option<bool> _json = new("--json") { Description = "print the records as JSON" };

    public static Command Create(CompositionRoot root)
    {
        var parity = new ParityCommand(root);
        var command = new Command("parity", "Compare days of a live account with a backtest of the final bars, by cause.")
        {
            parity._state, parity._production, parity._deployments, parity._deployment, parity._json,
        };
        var options = new OptionBinding<ParityOptions>(command);
        command.SetAction((call, token) => parity.RunAsync(call, options.Read(call), token));
        return command;
    }

    private async Task<int> RunAsync(ParseResult call, ParityOptions given, CancellationToken token)
    {
        var catalogues = root.Catalogues(call);
        var (state, account) = StateOf(call.GetValue(_state)!);
        var book = call.GetValue(_deployments) is { } store ? DeploymentsCommands.Open(Address.Parse(store)) : null;
        var (text, file, folder) = ConfigurationOf(call, book);
        var own = new ProductionReader(catalogues).Read(file, text, folder).Spec.Data;
        var bars = given.Bars ?? (own.Parts.Count == 0 ? own.Source
            : throw new InputException($"{file} has several sources; name the one of the final bars with --bars"));
        var records = await new AccountParity(AccountStores.Open(state, one: true), catalogues, TimeProvider.System).CompareAsync(
            new ParityRequest
            {
                Account = account,
                Day = given.Day,
                From = given.From,
                Now = given.Now,
                Bars = bars,
                TotalPercent = given.TotalPercent,
                UnexplainedPercent = given.UnexplainedPercent,
            }, new SessionStart(new SessionOptions { Feed = bars }, text, file, folder), book, cancellationToken: token);
        if (call.GetValue(_json)) Console.WriteLine(JsonSerializer.Serialize(records, Output.Json));
        else Write(account, records);
        return 0;
    }

    private static (Address State, string Account) StateOf(string text)
    {
        var address = Address.Parse(text);
        if (!address.IsDatabase)
            return !Directory.Exists(text) ? throw new InputException($"{text} is no folder; name the --state of a session")
                : !FileJournal.Exists(text) ? throw new InputException(
                    $"{text} has no journal of a session; name the folder that 'granary live' had as --state")
                : (address, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))));
        const string Mark = "?account=";
        var cut = text.IndexOf(Mark, StringComparison.Ordinal);
        return cut < 0 ? throw new InputException($"{address} names no account; write postgres://…/DATABASE?account=NAME")
            : (Address.Parse(text[..cut]), text[(cut + Mark.Length)..]);
    }

    private (byte[] Text, string File, string Folder) ConfigurationOf(ParseResult call, DeploymentBook? book)
    {
        var (file, number) = (call.GetValue(_production), call.GetValue(_deployment));
        if (file is not null == number is not null)
            throw new InputException("give the path of a PROD.json, or --deployments STORE --deployment N");
        if (number is { } deployment)
        {
            var found = (book ?? throw new InputException("--deployment needs --deployments, the store that has it")).Get(deployment);
            return (found.Text(), $"deployment {deployment}", found.Folder);
        }
        return (RemoteLive.Read(file!, root.Catalogues(call)), file!, DataFolder.Of(Path.GetDirectoryName(Path.GetFullPath(file!))!));
    }

    private static void Write(string account, IReadOnlyList<ParityRecord> records)
    {
        WriteDays($"{account}: what the account gained by day less a backtest of the final bars", records,
            "No day to compare has ended; --now compares the running one.");
        foreach (var note in records.SelectMany(r => r.Notes).Distinct()) Output.Marked("Note", note);
        if (records is not [.., var last] || last.Trades.Count == 0) return;
        TableWriter.Write("Trades with the largest differences", [Column.Text("Strategy"), Column.Text("Symbol"),
            Column.Text("Entry (UTC)"), Column.Number("Difference"), Column.Text("Largest cause"), Column.Text("Known reason")],
            last.Trades.Select(t => new[] { t.Strategy, t.Symbol, t.Entry, Cell.Money(t.Total), t.Cause, t.Why }));
    }

    /// <summary>Writes a table of days.</summary>
    /// <param name="none">What is written if there are no days.</param>
    internal static void WriteDays(string title, IEnumerable<ParityRecord> records, string none) =>
        TableWriter.Write(title, [Column.Text("Day"), Column.Number("Account"), Column.Number("Backtest"), Column.Number("Difference"),
            Column.Number("Unexplained"), Column.Text("Causes of the day"), Column.Text("")], records.Select(r => new[]
        {
            r.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Cell.Money(r.AccountEquity), Cell.Money(r.BacktestEquity),
            Cell.Money(r.Total), Cell.Money(r.Unexplained),
            string.Join(", ", r.Causes.Where(c => c.Value != 0).OrderByDescending(c => Math.Abs(c.Value))
                .Select(c => $"{c.Key} {Cell.Money(c.Value)}")),
            string.Join(", ", r.Outside.Select(o => $"{o} outside of its band").Concat(r.IsRunning ? ["so far"] : [])),
        }), none);
}
