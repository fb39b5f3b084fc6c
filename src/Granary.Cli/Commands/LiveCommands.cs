using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Cli.Tables;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Data.Replay;
using Granary.Engine.Brokerage;

namespace Granary.Cli.Commands;

/// <summary><c>granary live PROD.json</c>, and <c>granary session STATE COMMAND</c> to a session that runs.</summary>
internal static class LiveCommands
{
    public static Command Live(CompositionRoot root)
    {
        var production = new Argument<string>("PROD.json") { Description = "the configuration that a backtest has written" };
        var feed = new Option<string>("--feed") { Required = true, Description = "store:DIR, csv:DIR, kafka://… or ws:…" };
        var broker = new Option<string>("--broker")
        {
            DefaultValueFactory = _ => "paper",
            Description = "paper, or a broker of a plug-in; 'granary broker list' shows them",
        };
        var options = new Option<string?>("--broker-options")
        {
            Description =
            "options of the broker: key=value,key=value, or a JSON object"
        };
        var speed = new Option<string>("--pace")
        {
            DefaultValueFactory = _ => "asap",
            Description = "of a replayed feed: asap, fixed:100ms, realtime or x60"
        };
        var maxGap = new Option<string?>("--max-gap") { Description = "the longest wait of a paced replay, as 1s" };
        var state = new Option<string?>("--state")
        {
            Description =
            "the folder of the account's journal, or postgres://… (state in the run's folder)"
        };
        var output = new Option<string?>("--out") { Description = "the run's folder (runs/<name>-live-<UTC>)" };
        var without = new Option<bool>("--without-evidence")
        {
            Description =
            "trade although validation checks are missing or failed; the journal records it"
        };
        var account = new Option<string?>("--account")
        {
            Description =
            "the account's name in the journal and the weights service (the configuration's)"
        };
        var weights = new Option<string?>("--weights")
        {
            Description =
            "the folder of the weights service, whose changes come into force at the next bar"
        };
        var warmUp = new Option<string?>("--warm-up")
        {
            Description =
            "where the bars before the feed's first come from (for streams the configuration's source)"
        };
        var from = new Option<string?>("--from") { Description = "the first bar of the feed" };
        var to = new Option<string?>("--to") { Description = "where the feed ends: the first bar that is left out" };
        var paper = new Option<string?>("--paper")
        {
            Description = "options of the broker 'paper', as \"seed=1,latency=250ms,reject=0.01,partial=0.2,timeout=0.01\"",
        };
        var host = new Option<string?>("--host")
        {
            Description =
            "a cluster or granary serve that trades it, as http://silo:8080 (this process); state and weights are the server's then"
        };
        var quiet = new Option<bool>("--quiet") { Description = "print nothing but faults" };
        var json = new Option<bool>("--json") { Description = "print the outcome as JSON" };
        var command = new Command("live", "Trade a production configuration: the code of the backtest, on a feed.")
        {
            production, feed, broker, options, speed, maxGap, state, output, without, account, weights, warmUp, from, to, paper, host,
            quiet, json,
        };
        command.SetAction(async (call, token) =>
        {
            if (call.GetValue(host) is { } hosts)
            {
                foreach (var (given, name) in new[] { (call.GetValue(state), "--state"), (call.GetValue(weights), "--weights") })
                    if (given is not null)
                        throw new InputException($"{name} is the server's own with --host; leave it out");
                return await RemoteLive.RunAsync(hosts, new SessionStart
                {
                    Text = RemoteLive.Read(call.GetValue(production)!, root.Catalogues(call)),
                    File = call.GetValue(production)!,
                    Folder = Path.GetDirectoryName(Path.GetFullPath(call.GetValue(production)!))!,
                    Feed = RemoteLive.Placed(call.GetValue(feed))!,
                    Broker = call.GetValue(broker)!,
                    BrokerOptions = call.GetValue(options),
                    Paper = call.GetValue(paper),
                    Pace = call.GetValue(speed)!,
                    MaxGap = call.GetValue(maxGap),
                    Account = call.GetValue(account),
                    WarmUp = RemoteLive.Placed(call.GetValue(warmUp)),
                    From = Instant("--from", call.GetValue(from)),
                    To = Instant("--to", call.GetValue(to)),
                    WithoutEvidence = call.GetValue(without),
                }, call.GetValue(output), call.GetValue(quiet), call.GetValue(json), token);
            }
            var request = new LiveRequest
            {
                Production = call.GetValue(production)!,
                Feed = call.GetValue(feed)!,
                Broker = call.GetValue(broker)!,
                Pace = ReplaySpeed.Parse(call.GetValue(speed)!, call.GetValue(maxGap)),
                State = call.GetValue(state),
                Out = call.GetValue(output),
                WithoutEvidence = call.GetValue(without),
                Account = call.GetValue(account),
                Weights = call.GetValue(weights),
                WarmUp = call.GetValue(warmUp),
                From = Instant("--from", call.GetValue(from)),
                To = Instant("--to", call.GetValue(to)),
                BrokerOptions = LiveRequest.ReadBrokerOptions(call.GetValue(broker)!, call.GetValue(options), call.GetValue(paper)),
            };
            var silent = call.GetValue(quiet) || call.GetValue(json);
            var run = await LiveView.ShowAsync(silent, status => LiveSession.RunAsync(request with { Status = status },
                root.Catalogues(call), TimeProvider.System, token));
            if (call.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    Run = run.Run.Folder,
                    Seconds = Math.Round(run.Run.Model.Seconds, 4),
                    run.Run.Model.Digest,
                    Strategies = run.Run.Model.Strategies.Count,
                    run.Run.Trades,
                    run.Run.Report,
                    run.Status.Bars,
                    AccountTrades = run.Ledger.Trades.Count,
                    Orders = run.Ledger.TrackedOrders.Count,
                    run.Ledger.Fills,
                    run.Status.AccountEquity,
                    run.Status.ModelEquity,
                    BacktestEquity = run.Against?.Equity,
                    SameAsBacktest = run.Against?.IsSame,
                    Against = run.Against?.Sentence,
                }, Output.Json));
            else if (!silent)
                LiveView.Ended(run);
            return 0;
        });
        return command;
    }

    public static Command Session()
    {
        var state = new Argument<string>("STATE") { Description = "the --state of the session (or the 'control' folder of its run)" };
        var what = new Argument<string>("COMMAND")
        {
            Description =
            "status, pause, resume, flatten, reload, stop, enable or disable (with --strategy or --symbol), or journal"
        };
        var why = new Option<string>("--why") { DefaultValueFactory = _ => "", Description = "the reason, for the journal" };
        var strategy = new Option<string?>("--strategy") { Description = "this strategy only (journal, enable, disable)" };
        var symbol = new Option<string?>("--symbol") { Description = "this symbol only (journal, enable, disable)" };
        var kind = new Option<string?>("--kind")
        {
            Description = "of the journal: this kind only, as SignalDecided, OrderIntended, VenueReported, TradeChanged, "
                + "PositionChanged, WeightsChanged"
        };
        var from = new Option<string?>("--from") { Description = "of the journal: recorded at or after" };
        var to = new Option<string?>("--to") { Description = "of the journal: recorded before" };
        var host = new Option<string?>("--host")
        {
            Description =
            "the cluster or granary serve that trades it, as http://silo:8080; STATE is the account's name then"
        };
        var json = new Option<bool>("--json") { Description = "of status: the status as JSON; of the journal: one JSON object per line" };
        var command = new Command("session", "Ask or command a live session that runs, or read its journal.") { state, what, why, strategy,
            symbol, kind, from, to, host, json };
        command.SetAction(async (call, token) =>
        {
            var folder = call.GetValue(state)!;
            if (call.GetValue(host) is { } at && call.GetValue(what) == "status")
                return await RemoteLive.StatusAsync(at, folder, call.GetValue(json), token);
            if (call.GetValue(host) is { } hosts)
                return await RemoteLive.SessionAsync(hosts, folder, call.GetValue(what)!, call.GetValue(why)!, call.GetValue(strategy),
                    call.GetValue(symbol), token);
            var control = Path.GetFileName(folder.TrimEnd('/')) == "control" ? folder : Path.Combine(folder, "control");
            var word = call.GetValue(what)!;
            if (word == "journal")
            {
                static DateTimeOffset? At(string option, string? text) =>
                    Instant(option, text) is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null;
                if (call.GetValue(kind) is { } asked && !JournalCodec.KindNames.Contains(asked, StringComparer.Ordinal))
                    throw new InputException($"--kind {asked}: the journal has no entries of this kind; "
                        + (Engine.Market.Spelling.Nearest(asked, JournalCodec.KindNames) is { } near ? $"did you mean {near}?"
                            : $"use one of {string.Join(", ", JournalCodec.KindNames)}"));
                var query = new Data.Journals.JournalQuery(call.GetValue(kind), call.GetValue(strategy), call.GetValue(symbol),
                    At("--from", call.GetValue(from)), At("--to", call.GetValue(to)));
                var entries = Data.Journals.FileJournal.Peek(folder, query);
                if (call.GetValue(json))
                    foreach (var e in entries) Console.WriteLine(JsonLine(e));
                else TableWriter.Write("", _journal, entries.Select(Row), $"The journal of {folder} has no such entry");
                return 0;
            }
            if (!Directory.Exists(control))
                throw new InputException($"{folder} is not the state of a session; name the folder that 'granary live' had as --state");
            if (word == "status")
            {
                var status = SessionControl.Read(control)
                    ?? throw new InputException($"{folder}: no session has shown its status here yet");
                if (call.GetValue(json)) Console.WriteLine(status);
                else LiveView.Write(JsonSerializer.Deserialize<LiveStatus>(status, SessionControl.Json)!);
                return 0;
            }
            var order = SessionWords.Parse(word);
            var about = (call.GetValue(strategy) ?? "", call.GetValue(symbol) ?? "");
            if (order is SessionCommand.Enable or SessionCommand.Disable && about == ("", ""))
                throw new InputException($"{word} needs the strategy or the symbol that it is about; add --strategy or --symbol");
            return await SessionAnswer.CommandAsync(control,
                new SessionOrder(order, Environment.UserName, call.GetValue(why)!, about.Item1, about.Item2), token);
        });
        return command;
    }

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string[] Row(JournalEntry e) =>
        [e.Sequence.ToString(CultureInfo.InvariantCulture), Time(e.At), e.Kind, e.Strategy, e.Symbol, Encoding.UTF8.GetString(e.Body.Span)];

    private static string JsonLine(JournalEntry e)
    {
        using var body = JsonDocument.Parse(e.Body);
        return JsonSerializer.Serialize(new { e.Sequence, At = Time(e.At), e.Kind, e.Strategy, e.Symbol, Entry = body.RootElement }, _line);
    }

    private static readonly JsonSerializerOptions _line = new(Output.Json) { WriteIndented = false };

    private static readonly Column[] _journal =
        [Column.Number("No."), Column.Text("Time (UTC)"), Column.Text("Kind"), Column.Text("Strategy"), Column.Text("Symbol"),
            Column.Text("Entry")];

    private static long? Instant(string option, string? text) => text is null ? null
        : DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var time) ? time.Ticks
        : throw new InputException($"{option} {text} is no date; write it as 2024-01-31 or 2024-01-31T14:30:00Z");
}
