using System.CommandLine;
using System.Globalization;
using Granary.Cli.Tables;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Simulation.Json;

namespace Granary.Cli.Commands;

/// <summary><c>granary keys add|list|rotate|revoke</c>: the API keys of a server.</summary>
internal static class KeysCommands
{
    public static Command Create() => new("keys", "API keys of the server.") { Add(), List(), Limit(), Rotate(), Revoke() };

    private static Argument<string> Name() => new("NAME") { Description = "the name of the key's owner" };

    private static Option<string> KeyFile(string description) => new("--file") { Required = true, Description = description };

    private static Command Add()
    {
        var (name, file) = (Name(), KeyFile("the file of keys; created if it does not exist"));
        var role = new Option<string>("--role") { Required = true, Description = "viewer, submitter or admin" };
        var valid = new Option<string?>("--valid") { Description = "how long the key is valid, such as 90d or 12h (until it is revoked)" };
        var code = new Option<bool>("--code")
        {
            Description = "also let a submitter run code of their own on the server, with the server's rights; an admin may without it",
        };
        var add = new Command("add", "Make an API key, print it once, and store its hash.") { name, role, file, valid, code };
        var (trials, holdout) = (Trials(), Holdout());
        add.Add(trials);
        add.Add(holdout);
        add.SetAction(async (call, token) =>
        {
            if (!Enum.TryParse<Role>(call.GetValue(role), ignoreCase: true, out var granted) || !Enum.IsDefined(granted))
                throw new InputException($"--role {call.GetValue(role)}: use viewer, submitter or admin");
            var validFor = call.GetValue(valid) is { } text ? Duration("--valid", text) : (TimeSpan?)null;
            var key = await ApiKeys.AddAsync(call.GetValue(file)!, call.GetValue(name)!, granted, TimeProvider.System,
                validFor, new KeyRights(call.GetValue(code), LimitsOf(call.GetValue(trials), call.GetValue(holdout))), token);
            Console.WriteLine(key);
            return 0;
        });
        return add;
    }

    private static Option<int?> Trials() => new("--trials")
    {
        Description = "how many different combinations its owner may try; such a key is for assistants alone (any number)",
    };

    private static Option<string?> Holdout() => new("--holdout")
    {
        Description = "hide all bars that close after this time, UTC, as 2024-01-31; such a key is for assistants alone (none)",
    };

    private static TrialLimits? LimitsOf(int? trials, string? holdout) => trials is null && holdout is null ? null
        : new TrialLimits(trials, holdout is null ? null : TimeOf(holdout));

    private static DateTimeOffset TimeOf(string text) => DateTimeOffset.TryParseExact(text,
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"], CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw new InputException($"--holdout {text}: write it as 2024-01-31 or 2024-01-31T14:30:00Z, in UTC");

    private static Command Limit()
    {
        var (name, file) = (Name(), KeyFile("the file of keys"));
        var (trials, holdout) = (Trials(), Holdout());
        var limit = new Command("limit", "Change the budget or the holdout of a key that has limits; no server needs a restart.")
        {
            name, file, trials, holdout,
        };
        limit.SetAction(async (call, token) =>
        {
            if (LimitsOf(call.GetValue(trials), call.GetValue(holdout)) is not { } given)
                throw new InputException("nothing is changed: give --trials, --holdout or both");
            await ApiKeys.LimitAsync(call.GetValue(file)!, call.GetValue(name)!,
                old => new TrialLimits(given.Trials ?? old.Trials, given.Holdout ?? old.Holdout), TimeProvider.System, token);
            Console.WriteLine($"the limits of the key {call.GetValue(name)} are changed");
            return 0;
        });
        return limit;
    }

    private static Command List()
    {
        var file = KeyFile("the file of keys");
        var runs = new Option<string?>("--runs")
        {
            Description = "the server's folder of runs, to count what was tried of each budget (not counted)",
        };
        var list = new Command("list", "List the keys: names, roles, whether their owners may run code, and when they expire.")
        {
            file, runs,
        };
        list.SetAction(call => TableWriter.Write("",
            [Column.Text("Name"), Column.Text("Role"), Column.Text("Code"), Column.Text("Trials"), Column.Text("Holdout (UTC)"), Column.Text("Created (UTC)"), Column.Text("Expires (UTC)")],
            ApiKeys.List(call.GetValue(file)!, TimeProvider.System).Select(k => new[]
            {
                k.Name, k.Role.ToString().ToLowerInvariant(), k.Code || k.Role == Role.Admin ? "may run" : "-",
                k.Limits is null ? "-" : TrialsOf(k, call.GetValue(runs)),
                k.Limits?.Holdout is { } holdout ? RunText.Time(holdout.UtcTicks) : "-",
                RunText.Time(k.CreatedAt.UtcTicks),
                k.ExpiresAt is { } at ? RunText.Time(at.UtcTicks) + (k.HasExpired ? ", has expired" : "") : "never",
            })));
        return list;
    }

    private static string TrialsOf(ApiKeyEntry key, string? runs)
    {
        var allowed = key.Limits!.Trials?.ToString("#,0", CultureInfo.InvariantCulture) ?? "any";
        return runs is null ? allowed : string.Create(CultureInfo.InvariantCulture,
            $"{new TrialAccounts(Path.Combine(runs, TrialAccounts.FolderName)).Used(key.Name):#,0} of {allowed}");
    }

    private static Command Rotate()
    {
        var (name, file) = (Name(), KeyFile("the file of keys"));
        var overlap = new Option<string>("--overlap")
        {
            DefaultValueFactory = _ => "24h",
            Description = "how long the previous key stays valid, such as 24h or 0h",
        };
        var rotate = new Command("rotate", "Make a new key for a name, and let the previous one expire; no server needs a restart.")
        {
            name, file, overlap,
        };
        rotate.SetAction(async (call, token) =>
        {
            var key = await ApiKeys.RotateAsync(call.GetValue(file)!, call.GetValue(name)!,
                Duration("--overlap", call.GetValue(overlap)!), TimeProvider.System, token);
            Console.WriteLine(key);
            return 0;
        });
        return rotate;
    }

    private static Command Revoke()
    {
        var (name, file) = (Name(), KeyFile("the file of keys"));
        var revoke = new Command("revoke", "Remove the keys of a name; servers refuse them from the next request on.") { name, file };
        revoke.SetAction(async (call, token) =>
        {
            await ApiKeys.RevokeAsync(call.GetValue(file)!, call.GetValue(name)!, TimeProvider.System, token);
            Console.WriteLine($"the key {call.GetValue(name)} is revoked");
            return 0;
        });
        return revoke;
    }

    private static TimeSpan Duration(string option, string text) =>
        text is [.. var digits, 'd' or 'h'] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= 100_000 ? number * (text[^1] == 'd' ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1))
            : throw new InputException($"{option} {text}: write it as 90d or 12h");
}
