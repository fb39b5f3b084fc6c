using System.CommandLine;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Cli.Reinforcement;
using Granary.Cli.Tables;
using Granary.Engine;
using Granary.Learning.Networks;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Batches;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary>Reinforcement learning: batches, reference environments, the probe of one update, and saved policies.</summary>
internal static class ReinforceCommand
{
    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string?>("BATCH.json")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "a batch file whose weights are ppo or adaptive"
        };
        var environment = new Option<string?>("--env") { Description = "the reference environment to train on" };
        var steps = new Option<long>("--steps") { DefaultValueFactory = _ => 100_000, Description = "steps of each seed" };
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 1, Description = "number of trainings" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1, Description = "the seed of the first training" };
        var threads = new Option<int>("--threads")
        {
            DefaultValueFactory = _ => Environment.ProcessorCount,
            Description = "threads to use (all)"
        };
        var save = new Option<string?>("--save")
        {
            Description = "a folder for policies and checkpoints, from which a stopped training continues"
        };
        var output = new Option<string?>("--out") { Description = "the run's folder of a batch (runs/<name>-<UTC>)" };
        var resume = new Option<bool>("--resume") { Description = "continue an interrupted run of a batch" };
        var quiet = new Option<bool>("--quiet") { Description = "print no progress" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("reinforce", "Train a policy by reinforcement learning.")
        {
            batch, environment, steps, seeds, seed, threads, save, output, resume, quiet, json, Env(), Probe(), Policy(),
        };
        command.SetAction((call, token) =>
        {
            if (call.GetValue(batch) is { } file)
            {
                if (call.GetValue(environment) is not null)
                    throw new InputException("--env is for a reference environment: name it, or a batch file, but not both");
                var options = new BatchOptions
                {
                    Out = call.GetValue(output),
                    Resume = call.GetValue(resume),
                    Threads = Given.Threads(call.GetValue(threads)),
                };
                return ReinforceBatch.RunAsync(new BatchReader(root.Catalogues(call)).Read(file), file, options,
                    (call.GetValue(quiet), call.GetValue(json)), token);
            }
            var name = call.GetValue(environment) ?? throw new InputException(
                "reinforce needs BATCH.json, --env NAME, or one of its commands env, probe and policy; --help shows them");
            var request = new ReferenceRequest(name, call.GetValue(steps), call.GetValue(seeds), call.GetValue(seed),
                Given.Threads(call.GetValue(threads)), call.GetValue(save));
            using var view = new ReinforceView(call.GetValue(quiet) || call.GetValue(json));
            var result = ReferenceTraining.Run(request, view.Report, token);
            view.Dispose();
            Show(result, call.GetValue(json));
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Show(ReferenceResult result, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Env = result.Environment,
                result.Steps,
                result.StepsPerSecond,
                result.Digest,
                Seeds = result.Seeds.Select(s => new { s.Seed, s.Evaluation.Mean, s.Evaluation.Deviation }),
                Iqm = result.Iqm.Value,
                Interval = new[] { result.Iqm.Low, result.Iqm.High },
            }, Output.Json));
            return;
        }
        TableWriter.Write($"{result.Environment}: reward of 100 episodes without random actions",
            [Column.Number("Seed"), Column.Number("Mean"), Column.Number("Deviation")],
            result.Seeds.Select(s => new[] { Cell.Count(s.Seed), Cell.Figure(s.Evaluation.Mean), Cell.Figure(s.Evaluation.Deviation) }));
        TableWriter.Write("", [Column.Number("Steps"), Column.Number("Steps/s"), Column.Number("Interquartile mean"),
            Column.Number("Low 95 %"), Column.Number("High 95 %")],
            [[Cell.Count(result.Steps), Cell.Count((long)result.StepsPerSecond), Cell.Figure(result.Iqm.Value),
                Cell.Figure(result.Iqm.Low), Cell.Figure(result.Iqm.High)]]);
        Console.WriteLine($"Digest {result.Digest}");
    }

    private static Command Env()
    {
        var name = new Argument<string>("NAME") { Description = "the reference environment" };
        var actions = new Option<string>("--actions") { Required = true, Description = "a CSV with one action per row" };
        var state = new Option<string?>("--state") { Description = "the state to start from, as \"x0;x1;…\"" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1, Description = "seed of the environment's random numbers" };
        var output = new Option<string?>("--out") { Description = "the CSV to write (standard output)" };
        var command = new Command("env", "Step a reference environment with recorded actions.") { name, actions, state, seed, output };
        command.SetAction(call =>
        {
            var text = new StringWriter { NewLine = "\n" };
            EnvironmentSteps.Write(call.GetValue(name)!, call.GetValue(actions)!, call.GetValue(state), call.GetValue(seed), text);
            if (call.GetValue(output) is { } path) AtomicFile.Write(path, (TextWriter writer) => writer.Write(text.ToString()));
            else Console.Write(text.ToString());
            return 0;
        });
        return command;
    }

    private static Command Probe()
    {
        var update = new Argument<string>("UPDATE.json") { Description = "networks, recorded data and settings" };
        var output = new Option<string?>("--out") { Description = "the JSON to write (standard output)" };
        var command = new Command("probe", "Compute one update on recorded data, with all its figures.") { update, output };
        command.SetAction(call =>
        {
            var file = call.GetValue(update)!;
            if (!File.Exists(file)) throw new InputException($"{file} does not exist: name a JSON file of an update");
            var result = PpoProbe.Run(file, File.ReadAllBytes(file));
            if (call.GetValue(output) is { } path) AtomicFile.Write(path, result);
            else Console.WriteLine(Encoding.UTF8.GetString(result));
            return 0;
        });
        return command;
    }

    private static Command Policy()
    {
        var model = new Argument<string>("MODEL") { Description = "a .policy file, or a folder with one" };
        var json = new Option<bool>("--json") { Description = "print weights and normaliser as JSON" };
        var command = new Command("policy", "Show the content of a saved policy.") { model, json };
        command.SetAction(call =>
        {
            var policy = PolicyFiles.Read(call.GetValue(model)!);
            if (call.GetValue(json)) Console.WriteLine(Encoding.UTF8.GetString(PolicyJson.Write(policy)));
            else ShowLayers(policy);
            return 0;
        });
        return command;
    }

    private static void ShowLayers(TrainedPolicy policy)
    {
        static IEnumerable<string[]> Layers(string name, DenseNetwork network) => Enumerable.Range(0, network.Layers).Select(l =>
            new[] { name, Cell.Count(l + 1), Cell.Count(network.InputsOf(l)), Cell.Count(network.OutputsOf(l)),
                l == network.Layers - 1 ? "linear" : network.Activation.ToString().ToLowerInvariant() });
        TableWriter.Write($"{policy.Actions.Kind} actions", [Column.Text("Network"), Column.Number("Layer"), Column.Number("Inputs"),
            Column.Number("Outputs"), Column.Text("Activation")],
            Layers("policy", policy.Networks.Policy).Concat(Layers("value", policy.Networks.Value)));
    }
}
