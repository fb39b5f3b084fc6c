using System.Globalization;
using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;
using Granary.Reporting.Runs;

namespace Granary.Cli.Reinforcement;

/// <summary>Implements <c>granary reinforce env</c>: steps a reference environment with recorded actions.</summary>
internal static class EnvironmentSteps
{
    /// <summary>Writes a CSV with the columns s0…, obs0…, reward, terminated, truncated (0 or 1); one row per action.</summary>
    /// <param name="actionsFile">A CSV with one action per row; a header row is skipped.</param>
    /// <param name="state">
    /// Start state: numbers separated by ';' in the environment's order; null resets the environment with the seed.
    /// </param>
    /// <exception cref="InputException">An action or the state does not fit the environment.</exception>
    public static void Write(string name, string actionsFile, string? state, long seed, TextWriter output)
    {
        var environment = ReferenceTraining.Find(name).Make();
        var actions = ReadActions(actionsFile, environment.Actions);
        var random = new PortableRandom(seed);
        environment.Reset(ref random);
        if (state is not null) environment.SetState(ReadState(state, name, environment.StateSize));
        var (raw, seen) = (new double[environment.StateSize], new double[environment.ObservationSize]);
        output.WriteLine(string.Join(',', [.. raw.Select((_, i) => $"s{i}"), .. seen.Select((_, i) => $"obs{i}"), "reward", "terminated",
            "truncated"]));
        for (var t = 0; t < actions.Count; t++)
        {
            var result = environment.Step(actions[t], ref random);
            var truncated = result.Truncated || (environment.StepLimit > 0 && t + 1 >= environment.StepLimit);
            environment.CopyState(raw);
            environment.Observe(seen);
            output.WriteLine(string.Join(',', [.. raw.Select(RunText.Number), .. seen.Select(RunText.Number),
                RunText.Number(result.Reward), result.Terminated ? "1" : "0", truncated ? "1" : "0"]));
        }
    }

    private static double[] ReadState(string text, string name, int size)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries);
        if (parts.Length != size)
            throw new InputException($"--state has {parts.Length} numbers, but the state of {name} has {size}: write them with ; between");
        return [.. parts.Select((part, i) => Number(part, $"--state, number {i + 1}"))];
    }

    private static double Number(string text, string place) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
            : throw new InputException($"{place}: '{text}' is not a number");

    private static List<double[]> ReadActions(string file, ActionSpace space)
    {
        if (!File.Exists(file)) throw new InputException($"{file} does not exist: name a CSV with one action per row");
        var actions = new List<double[]>();
        var line = 0;
        foreach (var text in File.ReadLines(file))
        {
            line++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            var fields = text.Split([',', ';'], StringSplitOptions.TrimEntries);
            if (line == 1 && !double.TryParse(fields[0], NumberStyles.Float, CultureInfo.InvariantCulture, out _)) continue;
            if (fields.Length != space.Size)
                throw new InputException($"{file}, line {line}: the row has {fields.Length} fields, an action has {space.Size}");
            double[] action = [.. fields.Select((f, i) => Number(f, $"{file}, line {line}, field {i + 1}"))];
            Check(action, space, $"{file}, line {line}");
            actions.Add(action);
        }
        return actions;
    }

    private static void Check(double[] action, ActionSpace space, string place)
    {
        if (space.Kind == ActionKind.Categorical && (action[0] != Math.Floor(action[0]) || action[0] < 0 || action[0] >= space.Choices))
            throw new InputException($"{place}: an action is a whole number from 0 to {space.Choices - 1}, "
                + $"not {RunText.Number(action[0])}");
        if (space.Kind == ActionKind.Simplex && (action.Any(w => w < 0) || Math.Abs(action.Sum() - 1) > 1e-6))
            throw new InputException($"{place}: weights are not negative and add up to 1");
    }
}
