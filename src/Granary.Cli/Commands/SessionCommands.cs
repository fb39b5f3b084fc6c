using System.CommandLine;
using System.Text.Json;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Cli.Commands;

/// <summary><c>granary session STATE …</c>: shows or commands a running live session, or reads its journal.</summary>
internal sealed class SessionCommands(CompositionRoot root)
{
    private readonly Argument<string> _state = new("STATE")
    {
        Description = "the --state of the session (or the 'control' folder of its run); with --host the account's name",
    };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "address of the cluster or of granary serve that trades it, such as http://silo:8080",
        Recursive = true,
    };

    public static Command Create(CompositionRoot root)
    {
        var commands = new SessionCommands(root);
        return new Command("session", "Show or command a running live session, or read its journal.")
        {
            commands._state, commands._host, commands.Status(), commands.Strategy(),
            commands.For(SessionCommand.Pause, "Stop entries; exits, stops and targets remain active.", "accounts/paper pause --why lunch"),
            commands.For(SessionCommand.Resume, "Allow entries again.", "accounts/paper resume"),
            commands.For(SessionCommand.Flatten, "Close all positions and pause.", "accounts/paper flatten --why \"news tonight\""),
            commands.Close(), commands.Protect(), commands.Enter(), commands.Reverse(),
            commands.For(SessionCommand.ReloadWeights, "Look for new weights now.", "accounts/paper reload"),
            commands.For(SessionCommand.Stop, "Write the run's folder and end; positions stay open.", "accounts/paper stop"),
            commands.Switch(SessionCommand.Enable, "Allow entries of a strategy or of a symbol.", "accounts/paper enable --symbol BTCUSDT"),
            commands.Switch(SessionCommand.Disable, "Stop entries of a strategy or of a symbol; exits, stops and targets remain active.",
                "accounts/paper disable --symbol BTCUSDT --why delisting"),
            SessionJournal.Create(commands._state, commands._host),
        };
    }

    /// <summary>A command's help: what it does, and an example.</summary>
    internal static string Help(string sentence, string example) => $"{sentence} Example: granary session {example}";

    // The parser does not require an argument of a parent command.
    internal static string StateOf(ParseResult call, Argument<string> state) => call.GetValue(state)
        ?? throw new InputException($"STATE is missing; write granary session STATE {call.CommandResult.Command.Name}");

    private Command Status()
    {
        var json = new Option<bool>("--json") { Description = "print the status as JSON" };
        var command = new Command("status", Help("Show the status of the session.", "accounts/paper status")) { json };
        command.SetAction((call, token) => call.GetValue(_host) is { } hosts
            ? new RemoteLive(root, hosts).StatusAsync(StateOf(call, _state), call.GetValue(json), token)
            : Task.FromResult(WriteStatus(StateOf(call, _state), call.GetValue(json))));
        return command;
    }

    private Command Strategy()
    {
        var id = new Argument<string>("STRATEGY") { Description = "the strategy's id, such as \"SmaCross(fast=10,slow=50)@BTCUSDT:1h\"" };
        var json = new Option<bool>("--json") { Description = "print the answer as JSON" };
        var command = new Command("strategy", Help("Show one strategy of a session on a server.",
            "paper strategy \"SmaCross(fast=10,slow=50)@BTCUSDT:1h\" --host http://a:8080")) { id, json };
        command.SetAction((call, token) => new RemoteLive(root, call.GetValue(_host)
            ?? throw new InputException("only the server that trades the session shows single strategies; name it with --host"))
            .StrategyAsync(StateOf(call, _state), call.GetValue(id)!, call.GetValue(json), token));
        return command;
    }

    private Command For(SessionCommand kind, string sentence, string example)
    {
        var why = new Option<string>("--why") { DefaultValueFactory = _ => "", Description = "the reason, for the journal" };
        var command = new Command(SessionWords.Of(kind), Help(sentence, example)) { why };
        command.SetAction((call, token) => SendAsync(call, new IssuedCommand(kind, Environment.UserName, call.GetValue(why)!), token));
        return command;
    }

    private Command Close()
    {
        var command = For(SessionCommand.Close, "Close one trade of the account, or a part of it; its strategy may still enter.",
            "accounts/paper close --trade g1a2b3c4d-0-7-e --quantity 5");
        var quantity = new Option<double?>("--quantity") { Description = "close only this part, base units" };
        command.Add(quantity);
        return ByHand(command, SessionCommand.Close, needsTrade: true, call => new NewCommand(null, null, null, null, null)
        {
            Quantity = call.GetValue(quantity),
        });
    }

    private Command Protect() => WithLevels(SessionCommand.Protect,
        "Set the stop and target of an open trade, instead of those of its strategy.",
        "accounts/paper protect --trade g1a2b3c4d-0-7-e --stop 95 --target none");

    private Command Reverse() => WithLevels(SessionCommand.Reverse, "Close a trade, and enter its other side with the same quantity.",
        "accounts/paper reverse --trade g1a2b3c4d-0-7-e --stop 105");

    // A command for a trade, with a stop and a target.
    private Command WithLevels(SessionCommand kind, string description, string example)
    {
        var command = For(kind, description, example);
        var (stop, target) = Levels(command);
        return ByHand(command, kind, needsTrade: true, call => new NewCommand(null, null, null, null, null)
        {
            Stop = LevelOf(call, stop),
            Target = LevelOf(call, target),
        });
    }

    private Command Enter()
    {
        var command = For(SessionCommand.Enter, "Enter a trade by hand, which no strategy manages.",
            "accounts/paper enter --symbol BTCUSDT --side buy --size percentOfEquity=5 --stop 42000");
        var symbol = new Option<string>("--symbol") { Required = true, Description = "a symbol that the session trades" };
        var side = new Option<string>("--side") { Required = true, Description = "buy or sell" };
        side.AcceptOnlyFromAmong("buy", "sell");
        var size = new Option<string>("--size")
        {
            Required = true,
            Description = "as in a batch: units=10, percentOfEquity=5, cash=1000 or riskPercent=1",
        };
        var price = new Option<double?>("--price") { Description = "the price of a limit order; default: a market order" };
        foreach (Option option in new Option[] { symbol, side, size, price }) command.Add(option);
        var (stop, target) = Levels(command);
        return ByHand(command, SessionCommand.Enter, needsTrade: false, call => new NewCommand(null, null, null, null, null)
        {
            Symbol = call.GetValue(symbol),
            Side = call.GetValue(side) == "sell" ? Side.Sell : Side.Buy,
            Size = HandKeys.Parse(call.GetValue(size)!),
            Price = call.GetValue(price),
            Stop = LevelOf(call, stop),
            Target = LevelOf(call, target),
        });
    }

    private static (Option<string?> Stop, Option<string?> Target) Levels(Command command)
    {
        var stop = new Option<string?>("--stop") { Description = "the price of the stop, or none" };
        var target = new Option<string?>("--target") { Description = "the price of the target, or none" };
        command.Add(stop);
        command.Add(target);
        return (stop, target);
    }

    private static double? LevelOf(ParseResult call, Option<string?> option) => call.GetValue(option) switch
    {
        null => null,
        "none" => 0,
        var text when double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture,
            out var price) => price,
        var text => throw new InputException($"{option.Name} {text}: a price or 'none' is needed"),
    };

    // A command by hand, which can also show what it would do.
    private Command ByHand(Command command, SessionCommand kind, bool needsTrade, Func<ParseResult, NewCommand> read)
    {
        var why = (Option<string>)command.Options[0];
        var preview = new Option<bool>("--preview") { Description = "only show price, cost, risk and limits" };
        var trade = new Option<string>("--trade") { Required = true, Description = "the entry of a trade that 'status --json' lists" };
        command.Add(preview);
        if (needsTrade) command.Add(trade);
        command.SetAction((call, token) =>
        {
            var keys = read(call) with
            {
                Command = SessionWords.Of(kind),
                Trade = needsTrade ? call.GetValue(trade) : null,
                Preview = call.GetValue(preview),
            };
            var issued = new IssuedCommand(kind, Environment.UserName, call.GetValue(why)!, "", keys.Symbol ?? "", keys.Trade ?? "");
            return SendAsync(call, issued with { Hand = HandKeys.Read(kind, keys) }, token);
        });
        return command;
    }

    private Command Switch(SessionCommand kind, string sentence, string example)
    {
        var command = For(kind, sentence, example);
        var why = (Option<string>)command.Options[0];
        var strategy = new Option<string?>("--strategy") { Description = "this strategy" };
        var symbol = new Option<string?>("--symbol") { Description = "all strategies of this symbol" };
        command.Add(strategy);
        command.Add(symbol);
        command.SetAction((call, token) =>
        {
            var switched = new IssuedCommand(kind, Environment.UserName, call.GetValue(why)!, call.GetValue(strategy) ?? "",
                call.GetValue(symbol) ?? "");
            return switched is { Strategy: "", Symbol: "" }
                ? throw new InputException($"{command.Name} needs a strategy or a symbol; add --strategy or --symbol")
                : SendAsync(call, switched, token);
        });
        return command;
    }

    private Task<int> SendAsync(ParseResult call, IssuedCommand command, CancellationToken cancellationToken) =>
        call.GetValue(_host) is { } hosts ? new RemoteLive(root, hosts).CommandAsync(StateOf(call, _state), command, cancellationToken)
            : SessionAnswer.CommandAsync(ControlOf(StateOf(call, _state)), command, cancellationToken);

    private static int WriteStatus(string state, bool json)
    {
        var status = SessionControl.Read(ControlOf(state))
            ?? throw new InputException($"{state}: no session has written its status here yet");
        if (json) Console.WriteLine(status);
        else LiveView.WriteStored(JsonSerializer.Deserialize<LiveStatus>(status, SessionControl.Json)!);
        return 0;
    }

    private static string ControlOf(string state)
    {
        var control = Path.GetFileName(state.TrimEnd('/')) == "control" ? state : Path.Combine(state, "control");
        return Directory.Exists(control) ? control
            : throw new InputException($"{state} is not the state of a session; name the folder given to 'granary live' as --state");
    }
}
