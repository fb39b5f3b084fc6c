using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Learning.Regimes;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

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
internal static class RegimeReader
{
    /// <exception cref="InputException">A value is invalid; one sentence with file, line, field and remedy.</exception>
    /// <param name="factors">The factors that the process knows.</param>
    public static RegimePlan Read(JsonPart part, FactorCatalogue factors)
    {
        var keys = RecordKeys<RegimeKeys>.Read(part);
        try
        {
            return new RegimePlan([.. keys.Machines.Zip(part.Need("machines").List()).Select(m => Machine(m.First, m.Second))], factors,
                [.. keys.Rules.Select(r => new RegimeRule(r.When, r.State))], keys.Otherwise);
        }
        catch (InputException e)
        {
            throw part.Placed(e);
        }
    }

    private static RegimeMachine Machine(RegimeMachineKeys keys, JsonPart part)
    {
        if (keys.HiddenMarkov is { } hidden)
        {
            part.Only("name", "hiddenMarkov");
            return new HiddenMarkovMachine(keys.Name, hidden.States.Count > 0 ? hidden.States : ["down", "up"], hidden.Window,
                hidden.Refit);
        }
        var measure = part.Need("measure").String();
        if (keys.Steps.Count > 0)
        {
            if ((part.Find("enterPercent") ?? part.Find("leavePercent")) is { } both)
                throw both.Fault("a machine has either steps or enterPercent, not both");
            part.Need("states");
            return new LadderMachine(keys.Name, keys.States, measure, keys.Against,
                [.. keys.Steps.Select(s => new LadderRung(s.Up, s.Down))], keys.Dwell);
        }
        if (part.Find("states") is { } states)
            throw states.Fault("states of one's own need steps between them, as \"steps\": [{ \"up\": 1, \"down\": 0.8 }]");
        var enter = part.Need("enterPercent").Number(0, 1000);
        var leave = part.Find("leavePercent")?.Number(0, enter) ?? 0;
        return new LadderMachine(keys.Name, ["bearish", "neutral", "bullish"], measure, keys.Against,
            [new LadderRung(-leave, -enter), new LadderRung(enter, leave)], keys.Dwell);
    }

    /// <summary>Writes a plan in the format that <see cref="Read"/> accepts.</summary>
    public static string ToJson(RegimePlan plan)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            RecordKeys<RegimeKeys>.Write(json, new RegimeKeys
            {
                Machines = [.. plan.Machines.Select(KeysOf)],
                Rules = [.. plan.Rules.Select(r => new RegimeRuleKeys { When = r.When, State = r.State })],
                Otherwise = plan.Otherwise,
            });
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static RegimeMachineKeys KeysOf(RegimeMachine machine) => machine switch
    {
        HiddenMarkovMachine hidden => new RegimeMachineKeys
        {
            Name = hidden.Name,
            HiddenMarkov = new HiddenMarkovKeys { States = hidden.States, Window = hidden.Window, Refit = hidden.Refit },
        },
        LadderMachine ladder => new RegimeMachineKeys
        {
            Name = ladder.Name,
            Measure = ladder.Measure,
            Against = ladder.Against,
            States = ladder.States,
            Steps = [.. ladder.Rungs.Select(r => new RegimeStepKeys { Up = r.Up, Down = r.Down })],
            Dwell = ladder.Dwell,
        },
        _ => new RegimeMachineKeys { Name = machine.Name },
    };
}
