using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Learning.Evaluation;
using Granary.Learning.ModelFiles;
using Granary.Learning.Proofs;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Tests;
using Granary.Learning.Tests.Trainers;
using Granary.Learning.Trainers;
using Granary.Modelling.Learning;
using Granary.Testing;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet.Tests;

public class LibraryTests
{
    private static readonly TrainingTable Classes = SyntheticTables.Classes(700);

    [Fact]
    public void Every_trainer_of_ML_NET_has_its_name() => TrainersUnderTest.Known.ShouldBe(
        [
            "mlnet-fasttree", "mlnet-fastforest", "mlnet-gam", "mlnet-lightgbm", "mlnet-sdca", "mlnet-lbfgs", "mlnet-averaged-perceptron",
            "mlnet-online-gradient",
        ],
        ignoreOrder: true);

    [Fact]
    public void Every_trainer_of_ML_NET_is_tested_here()
    {
        OpenMp.SkipWithout(OpenMp.Trainer);
        TrainersUnderTest.Names.ShouldBe(TrainersUnderTest.Known);
    }

    [Fact]
    public void Trainings_side_by_side_give_the_bits_of_trainings_one_by_one()
    {
        var names = TrainersUnderTest.Names.ToArray();
        byte[] Model(int i) => ModelFile.ToBytes(TrainersUnderTest.Create(names[i % names.Length])
            .Train(Classes.Range(i / names.Length * 20, 500), new TrainingOptions(i)));
        var alone = Enumerable.Range(0, 3 * names.Length).Select(Model).ToArray();
        var together = new byte[alone.Length][];
        Parallel.For(0, alone.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => together[i] = Model(i));
        for (var i = 0; i < alone.Length; i++) together[i].ShouldBe(alone[i], names[i % names.Length]);
    }

    [Fact]
    public void The_seed_of_a_forest_matters() =>
        ModelFile.ToBytes(TrainersUnderTest.Create("mlnet-fastforest").Train(Classes.All(), new TrainingOptions(1)))
            .ShouldNotBe(ModelFile.ToBytes(TrainersUnderTest.Create("mlnet-fastforest").Train(Classes.All(), new TrainingOptions(2))));

    [Fact]
    public void A_registered_model_is_of_a_kind_that_hosts_without_ML_NET_read()
    {
        var folder = Directory.CreateTempSubdirectory("granary-mlnet-").FullName;
        try
        {
            var registry = new ModelRegistry(new FileModelStore(folder), ModelKindCatalogue.BuiltIn);
            foreach (var name in TrainersUnderTest.Names)
            {
                var model = TrainersUnderTest.Create(name).Train(Classes.Range(0, 500), new TrainingOptions(5));
                model.Format.ShouldBeOneOf("trees", "linear");
                model.GetType().Assembly.ShouldBe(typeof(ITrainer).Assembly);
                registry.Add(name, model, new ModelLineage
                {
                    DataHash = Classes.Hash(),
                    Data = "test",
                    From = DateTime.UnixEpoch,
                    To = DateTime.UnixEpoch,
                    Samples = 500,
                    Features = model.Features,
                    Label = "y",
                    Trainer = name,
                    Seed = 5,
                    InSample = new Dictionary<string, double>(),
                    OutOfSample = new Dictionary<string, double>(),
                    CreatedAt = DateTime.UnixEpoch,
                });
                registry.Promote(name, 1);
                var loaded = registry.Load(name).Model;
                Prediction.Of(loaded, Classes.Range(500, 700)).Values.ShouldBe(Prediction.Of(model, Classes.Range(500, 700)).Values);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Features_keep_their_names_within_ML_NET_and_its_permutation_importance_ranks_them_as_ours()
    {
        var table = MLNetTable.From("mlnet-fasttree", Classes.Range(0, 500), classesOnly: true);
        var context = new MLContext(5);
        var model = context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            NumberOfThreads = 1,
            NumberOfTrees = 50
        }).Fit(table.View(context));
        var theirs = context.BinaryClassification.PermutationFeatureImportanceNonCalibrated(model,
            MLNetTable.From("x", Classes.Range(500, 700), classesOnly: true).View(context), permutationCount: 5);
        theirs.Keys.ShouldBe(Classes.Features, ignoreOrder: true);
        var own = TrainersUnderTest.Catalogue.Create("mlnet-fasttree").Train(Classes.Range(0, 500), new TrainingOptions(5));
        var ours = PermutationImportance.Of(own, Classes.Range(500, 700), 5);
        Classes.Features[ours.AsSpan().IndexOf(ours.Max())].ShouldBe(theirs.MinBy(f => f.Value.AreaUnderRocCurve.Mean).Key);
    }

    [Fact]
    public void Selecting_features_within_the_fold_works_with_ML_NET_too()
    {
        var model = new SelectingTrainer(TrainersUnderTest.Catalogue.Create("mlnet-sdca"), 4)
            .Train(Classes.Range(0, 500), new TrainingOptions(5));
        model.Features.Count.ShouldBe(8);
        ModelFile.ToBytes(ModelKindCatalogue.BuiltIn.FromBytes(ModelFile.ToBytes(model), "test")).ShouldBe(ModelFile.ToBytes(model));
    }

    [Fact]
    public void Features_that_never_vary_are_refused_in_one_sentence()
    {
        var flat = new TrainingTable(["a", "b"], [.. Enumerable.Repeat(1.0, 200)], [.. Enumerable.Range(0, 100).Select(i => i % 2.0)]);
        foreach (var name in TrainersUnderTest.Names)
            Should.Throw<InputException>(() => TrainersUnderTest.Catalogue.Create(name)
                .Train(flat.All(), new TrainingOptions())).Message.ShouldContain("no feature varies");
    }

    [Theory]
    [InlineData("mlnet-fasttree")]
    [InlineData("mlnet-fastforest")]
    [InlineData("mlnet-gam")]
    [InlineData("mlnet-lightgbm")]
    [InlineData("mlnet-sdca")]
    [InlineData("mlnet-lbfgs")]
    [InlineData("mlnet-averaged-perceptron")]
    [InlineData("mlnet-online-gradient")]
    public void Permuted_labels_give_no_edge(string name)
    {
        OpenMp.SkipWithout(name);
        var result = PermutationTest.Run(TrainersUnderTest.Create(name), SyntheticTables.Classes(800), 0.6, 3, new TrainingOptions(1));
        result.PermutedHaveNoEdge.ShouldBeTrue(string.Join(", ", result.Permuted));
        result.Auc.ShouldBeGreaterThan(result.Permuted.Max());
    }

    [SharedTheory]
    [InlineData("mlnet-fasttree", "gbm")]
    [InlineData("mlnet-fastforest", "rf")]
    [InlineData("mlnet-lightgbm", "gbm")]
    [InlineData("mlnet-lbfgs", "logistic")]
    [InlineData("mlnet-sdca", "logistic")]
    [InlineData("mlnet-averaged-perceptron", "logistic")]
    public void Trainers_of_ML_NET_learn_as_well_as_scikit_learn(string trainer, string family)
    {
        OpenMp.SkipWithout(trainer);
        var file = SharedData.Require("oracles/ml/features.csv");
        var oracle = JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracles/ml/classifiers.json"))).RootElement.GetProperty(
            "models").EnumerateArray()
            .First(m => m.GetProperty("model").GetString()!.StartsWith(family, StringComparison.Ordinal)).GetProperty("auc_test")
            .GetDouble();
        // What granary learn calls.
        LearnTable.Run(new LearnRequest(file, "label", trainer), TrainersUnderTest.Catalogue, TimeProvider.System,
            TestContext.Current.CancellationToken).Auc.ShouldNotBeNull().ShouldBeGreaterThan(oracle - 0.01);
    }

    // Those with native libraries.
    [Theory]
    [InlineData("mlnet-lightgbm")]
    [InlineData("mlnet-fasttree")]
    [InlineData("mlnet-fastforest")]
    public void The_command_line_loads_the_library_with_its_native_parts_and_learns_a_planted_signal(string trainer)
    {
        OpenMp.SkipWithout(trainer);
        var (code, output, error) = Learn(trainer);
        code.ShouldBe(0, error);
        JsonDocument.Parse(output).RootElement.GetProperty("auc").GetDouble().ShouldBeGreaterThan(0.62);
    }

    [Fact]
    public void Without_OpenMP_the_error_names_the_package_and_another_trainer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "LightGBM loads libgomp.so.1 on Linux only");
        var folder = Directory.CreateTempSubdirectory("granary-openmp-").FullName;
        try
        {
            // The first that the loader finds is no library, as if there were none.
            File.WriteAllText(Path.Combine(folder, "libgomp.so.1"), "");
            var (code, output, error) = Learn(OpenMp.Trainer, libraries: folder);
            (code, output, error.TrimEnd()).ShouldBe((2, "",
                "granary: mlnet-lightgbm needs OpenMP (libgomp.so.1), which cannot be loaded on this machine; run 'apt-get install libgomp1' "
                + "(Debian, Ubuntu), or use gradient-boosting"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int Code, string Output, string Error) Learn(string trainer, string? libraries = null)
    {
        var file = Path.GetTempFileName();
        try
        {
            string Line(int row) => string.Join(',', (IEnumerable<string>)[
                DateTime.UnixEpoch.AddDays(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                .. Classes.Row(row).ToArray().Append(Classes.Label[row]).Select(v => v.ToString("R", CultureInfo.InvariantCulture))]);
            File.WriteAllLines(file, [$"date,{string.Join(',', Classes.Features)},y", .. Enumerable.Range(0, Classes.Count).Select(Line)]);
            return Start(libraries, "learn", file, "--label", "y", "--trainer", trainer, "--json");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (int Code, string Output, string Error) Start(string? libraries, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Programs.Granary, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        if (libraries is not null) start.Environment["LD_LIBRARY_PATH"] = libraries;
        using var process = Process.Start(start)!;
        TestCosts.Count(Started.Process);
        var (printed, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit(Eventually.LongestWork).ShouldBeTrue();
        return (process.ExitCode, printed.Result, error.Result);
    }
}
