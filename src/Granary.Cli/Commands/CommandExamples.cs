using System.Collections.Frozen;
using System.CommandLine;

namespace Granary.Cli.Commands;

/// <summary>An example of each command for its help; the sub-commands of <c>session</c> define their own.</summary>
internal static class CommandExamples
{
    // The arguments of the example, by the words of the command.
    private static readonly FrozenDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["quickstart"] = "",
        ["backtest"] = "samples/quickstart.json --out runs/first",
        ["replay"] = "samples/quickstart.json --to stdout --pace x60",
        ["walkforward"] = "samples/walkforward.json",
        ["optimise"] = "samples/search.json",
        ["strategies"] = "",
        ["factors"] = "",
        ["factors compute"] = "bars.csv --factors \"sma(20);macd(12,26,9).signal\" --out factors.csv",
        ["factors study"] = "\"generated:AA,BB,CC,DD,EE,FF,GG,HH,II,JJ,KK,LL?from=2021-01-01&to=2024-01-01&seed=7\" "
            + "--factors \"roc(20);rsi(14)\" --horizons 1,5,20 --out runs/study",
        ["trainers"] = "",
        ["broker list"] = "",
        ["broker check"] = "kucoin --json",
        ["data import"] = "BTCUSDT.csv --store bars",
        ["data funding"] = "--from-exchange binance-futures --symbol BTCUSDT --from 2024-01-01 --store bars",
        ["data list"] = "--store bars",
        ["data check"] = "BTCUSDT.csv --timeframe 1h",
        ["data compare"] = "bars ours.csv --symbol BTCUSDT --timeframe 1h",
        ["data generate"] = "--out bars --symbols ACME,COINUSDT --timeframe 1h,1d --seed 7",
        ["data export"] = "--store bars --symbol BTCUSDT --timeframe 1h --out BTCUSDT.csv",
        ["data formats"] = "",
        ["combine"] = "runs/first trades.csv --weights equal --out runs/combined",
        ["analyze"] = "equity.csv --out report.html",
        ["features"] = "samples/learning.json --generate --out features.html",
        ["learn"] = "features.csv --label up --trainer logistic --save gate",
        ["drift"] = "losses.csv --column loss --detector adwin",
        ["track"] = "--panel prices.csv --index SPX --max-stocks 10",
        ["reinforce"] = "--env cartpole --steps 50000 --seeds 3",
        ["reinforce env"] = "cartpole --actions actions.csv --out steps.csv",
        ["reinforce probe"] = "update.json --out result.json",
        ["reinforce policy"] = "policies/cartpole --json",
        ["train"] = "samples/learning.json",
        ["evaluate"] = "samples/learning.json",
        ["experiment"] = "samples/learning.json --strategies 5",
        ["models list"] = "",
        ["models show"] = "gate",
        ["models promote"] = "gate 2",
        ["models rollback"] = "gate",
        ["models compare"] = "gate 1 2",
        ["models predict"] = "gate features.csv",
        ["live"] = "runs/first/prod.json --feed csv:samples/data/1h --broker paper --state accounts/paper --without-evidence",
        ["deployments list"] = "",
        ["deployments add"] = "runs/first/prod.json --why \"first version\"",
        ["deployments show"] = "1",
        ["deployments enable"] = "1 --symbol COINUSDT",
        ["deployments disable"] = "1 --symbol COINUSDT --why delisting",
        ["deployments switch"] = "2 --state accounts/paper --policy keep --dry-run",
        ["deployments report"] = "1",
        ["costs fit"] = "accounts/paper --out costs.json",
        ["verify"] = "runs/first",
        ["report"] = "runs/first",
        ["compare"] = "runs/first runs/second",
        ["parity"] = "accounts/paper runs/first/prod.json --bars csv:samples/data/1h --day 2022-01-05",
        ["why"] = "runs/first --strategy \"SmaCross(fast=10,slow=80)@ACME:1h\" --signal 2",
        ["export"] = "runs/first --format parquet --out tables",
        ["serve"] = "--urls http://127.0.0.1:8080",
        ["mcp"] = "--data data --trials 50 --holdout 2024-01-01",
        ["health"] = "http://127.0.0.1:8080",
        ["audit list"] = "runs/.audit/audit.jsonl",
        ["audit verify"] = "runs/.audit/audit.jsonl",
        ["schedules list"] = "--host http://a:8080",
        ["schedules set"] = "nightly nightly.json --host http://a:8080",
        ["schedules runs"] = "nightly --host http://a:8080",
        ["schedules remove"] = "nightly --host http://a:8080",
        ["cluster status"] = "--host http://a:8080",
        ["cluster drain"] = "silo-1-11111 --host http://a:8080",
        ["cluster resume"] = "silo-1-11111 --host http://a:8080",
        ["cluster retire"] = "silo-1-11111 --host http://a:8080",
        ["notify test"] = "--notifications notifications.json",
        ["setup compose"] = "--profile small",
        ["holdout judge"] = "runs/first --why \"the one to trade\"",
        ["keys limit"] = "assistant --trials 400 --file keys.json",
        ["keys add"] = "ann --role submitter --file keys.json",
        ["keys list"] = "--file keys.json",
        ["keys rotate"] = "ann --file keys.json --overlap 24h",
        ["keys revoke"] = "ann --file keys.json",
        ["new strategy"] = "MyCross",
        ["new factor"] = "MyAverage",
        ["new format"] = "MyVendor",
        ["new broker"] = "MyBroker",
        ["new trainer"] = "MyTrainer",
        ["new rule"] = "MyLimit",
        ["new study"] = "MyStudy",
        ["new samples"] = "",
        ["doctor"] = "",
        ["explain"] = "sharpe",
        ["completion"] = "bash",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Adds the examples to the help of a command and of all its sub-commands.</summary>
    public static void AddTo(Command command, string parents = "")
    {
        var words = $"{parents} {command.Name}".Trim();
        if (All.TryGetValue(words, out var example)) command.Description += $" Example: granary {words} {example}".TrimEnd();
        foreach (var below in command.Subcommands) AddTo(below, words);
    }
}
