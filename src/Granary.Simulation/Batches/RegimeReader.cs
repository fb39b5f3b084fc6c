using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Learning.Regimes;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads a plan of regime machines from JSON:
/// <code>
/// {
///   "machines": [
///     { "name": "short", "measure": "sma(10)", "against": "sma(30)", "enterPercent": 0.5, "leavePercent": 0.1, "dwell": 3 },
///     { "name": "volatility", "measure": "natr(14)", "states": ["calm", "normal", "wild"],
///       "steps": [{ "up": 1, "down": 0.8 }, { "up": 3, "down": 2.5 }] },
///     { "name": "hidden", "hiddenMarkov": { "states": ["down", "up"], "window": 500, "refit": 50 } }
///   ],
///   "rules": [ { "when": { "short": "bullish", "volatility": "calm" }, "state": "go" } ],
///   "otherwise": "wait"
/// }
/// </code>
/// A machine with enterPercent has the states bearish, neutral and bullish. A machine with steps names its own states, lowest first.
/// </summary>
public static class RegimeReader
{
    /// <exception cref="InputException">A value is invalid; one sentence with file, line, field and remedy.</exception>
    /// <param name="factors">The factors that the process knows.</param>
    public static RegimePlan Read(JsonPart part, FactorCatalogue factors)
    {
        part.Only("machines", "rules", "otherwise");
        try
        {
            return new RegimePlan(
                [.. part.Need("machines").List().Select(Machine)],
                factors,
                [.. part.Find("rules")?.List().Select(Rule) ?? []],
                part.Find("otherwise")?.String() ?? "neutral");
        }
        catch (InputException e)
        {
            throw part.Placed(e);
        }
    }

    private static RegimeMachine Machine(JsonPart part)
    {
        var name = part.Need("name").String();
        if (part.Find("hiddenMarkov") is { } hidden)
        {
            part.Only("name", "hiddenMarkov");
            hidden.Only("states", "window", "refit");
            return new HiddenMarkovMachine(name, hidden.Find("states") is { } s ? Names(s) : ["down", "up"],
                hidden.Find("window")?.Whole(1, 1_000_000) ?? 500, hidden.Find("refit")?.Whole(1) ?? 50);
        }
        part.Only("name", "measure", "against", "enterPercent", "leavePercent", "states", "steps", "dwell");
        var dwell = part.Find("dwell")?.Whole(1) ?? 1;
        var measure = part.Need("measure").String();
        var against = part.Find("against")?.String();
        if (part.Find("steps") is { } steps)
        {
            if ((part.Find("enterPercent") ?? part.Find("leavePercent")) is { } both)
                throw both.Fault("a machine has either steps or enterPercent, not both");
            return new LadderMachine(name, Names(part.Need("states")), measure, against,
                [.. steps.List().Select(s => new LadderRung(s.Only("up", "down").Need("up").Number(), s.Need("down").Number()))], dwell);
        }
        if (part.Find("states") is { } states)
            throw states.Fault("states of one's own need steps between them, as \"steps\": [{ \"up\": 1, \"down\": 0.8 }]");
        var enter = part.Need("enterPercent").Number(0, 1000);
        var leave = part.Find("leavePercent")?.Number(0, enter) ?? 0;
        return new LadderMachine(name, ["bearish", "neutral", "bullish"], measure, against,
            [new LadderRung(-leave, -enter), new LadderRung(enter, leave)], dwell);
    }

    private static RegimeRule Rule(JsonPart part)
    {
        part.Only("when", "state");
        return new RegimeRule(part.Need("when").Members.ToDictionary(m => m.Name, m => m.Value.String(), StringComparer.Ordinal),
            part.Need("state").String());
    }

    /// <summary>Writes a plan in the format that <see cref="Read"/> accepts.</summary>
    public static string ToJson(RegimePlan plan)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("machines");
            foreach (var machine in plan.Machines)
            {
                json.WriteStartObject();
                json.WriteString("name", machine.Name);
                if (machine is HiddenMarkovMachine hidden)
                {
                    json.WriteStartObject("hiddenMarkov");
                    States(json, hidden.States);
                    json.WriteNumber("window", hidden.Window);
                    json.WriteNumber("refit", hidden.Refit);
                    json.WriteEndObject();
                }
                else if (machine is LadderMachine ladder)
                {
                    json.WriteString("measure", ladder.Measure);
                    if (ladder.Against is not null) json.WriteString("against", ladder.Against);
                    States(json, ladder.States);
                    json.WriteStartArray("steps");
                    foreach (var rung in ladder.Rungs)
                    {
                        json.WriteStartObject();
                        json.WriteNumber("up", rung.Up);
                        json.WriteNumber("down", rung.Down);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                    json.WriteNumber("dwell", ladder.Dwell);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (plan.Rules.Count > 0)
            {
                json.WriteStartArray("rules");
                foreach (var rule in plan.Rules)
                {
                    json.WriteStartObject();
                    json.WriteStartObject("when");
                    foreach (var (machine, state) in rule.When) json.WriteString(machine, state);
                    json.WriteEndObject();
                    json.WriteString("state", rule.State);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteString("otherwise", plan.Otherwise);
            }
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void States(Utf8JsonWriter json, IReadOnlyList<string> states)
    {
        json.WriteStartArray("states");
        foreach (var state in states) json.WriteStringValue(state);
        json.WriteEndArray();
    }

    private static List<string> Names(JsonPart part) => [.. part.List().Select(s => s.String())];
}
