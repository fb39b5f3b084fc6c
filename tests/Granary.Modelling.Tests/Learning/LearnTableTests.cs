using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Learning.Series;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Modelling.Learning;
using Granary.Testing;

namespace Granary.Modelling.Tests.Learning;

public sealed class LearnTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-learn").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Csv(string text)
    {
        var path = Path.Combine(_folder, "features.csv");
        File.WriteAllText(path, text);
        return path;
    }

    private string Table(int rows, Func<int, string>? label = null) => Csv("time,a,b,y\n" + string.Concat(
        Enumerable.Range(0, rows).Select(i =>
            $"{new DateTime(2020, 1, 1).AddDays(i):yyyy-MM-dd},{i % 7},{i % 5 / 2.0},{label?.Invoke(i) ?? (i % 7 > 3 ? "1" : "0")}\n")));

    private static LearnResult Learn(string path, string trainer = "logistic", double split = 0.7) =>
        LearnTable.Run(new LearnRequest(path, "y", trainer, split), TestCatalogues.All.Trainers, TimeProvider.System);

    private static string Refusal(string path, string trainer = "logistic", double split = 0.7) =>
        Should.Throw<InputException>(() => Learn(path, trainer, split)).Message;

    [Fact]
    public void A_classifier_reports_what_it_got_right_on_the_newest_rows()
    {
        var result = Learn(Table(200));
        result.ShouldSatisfyAllConditions(
            r => r.Task.ShouldBe("classification"), r => r.Auc.ShouldBe(1), r => r.TrainAuc.ShouldBe(1),
            r => r.Accuracy!.Value.ShouldBeGreaterThan(0.95),
            r => r.LogLoss!.Value.ShouldBeLessThan(0.2), r => r.R2.ShouldBeNull(), r => r.TrainRows.ShouldBe(140),
            r => r.TestRows.ShouldBe(60), r => r.Features.ShouldBe(2));
    }

    [Fact]
    public void A_regression_reports_r2_and_rmse_and_the_auc_where_the_label_is_binary()
    {
        var binary = Learn(Table(200), "ridge");
        binary.Task.ShouldBe("regression");
        binary.Auc.ShouldBe(1);
        binary.R2!.Value.ShouldBeGreaterThan(0.5);
        var number = Learn(Table(200, i => $"{3 * (i % 7) + 1}"), "linear");
        number.R2!.Value.ShouldBe(1, 1e-9);
        number.Rmse!.Value.ShouldBe(0, 1e-9);
        number.Auc.ShouldBeNull();
    }

    [Fact]
    public void A_baseline_of_the_label_alone_sees_only_labels_that_are_known()
    {
        // y[t] = 1 - y[t-1]: the last label says everything.
        var result = Learn(Table(300, i => $"{i % 2}"), "arima");
        result.R2!.Value.ShouldBeGreaterThan(0.99);
        result.Auc.ShouldBe(1);
    }

    [Fact]
    public void A_table_with_known_odds_is_split_in_time_order_and_ranked_as_its_odds_rank_it()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 3000).Select(_ => (X: random.NextDouble(), Z: random.NextDouble(), Draw: random.NextDouble()))
            .ToList();
        var path = Csv("x,z,y\n" + string.Concat(rows.Select(r => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{r.X:R},{r.Z:R},{(r.Draw < r.X ? 1 : 0)}\n"))));
        var result = LearnTable.Run(new LearnRequest(path, "y", "logistic"), TestCatalogues.All.Trainers, TimeProvider.System);
        (result.TrainRows, result.TestRows, result.Features).ShouldBe((2100, 900, 2));
        var test = rows[2100..];
        var pairs = from won in test where won.Draw < won.X from lost in test where lost.Draw >= lost.X select won.X > lost.X ? 1.0 : 0;
        result.Auc!.Value.ShouldBe(pairs.Average(), 0.01);
    }

    [SharedFact]
    public void The_oracle_table_gives_the_contracts_figures()
    {
        var path = SharedData.Require("oracles/ml/features.csv");
        var result = LearnTable.Run(new LearnRequest(path, "label", "logistic"), TestCatalogues.All.Trainers, TimeProvider.System);
        (result.TrainRows, result.TestRows, result.Features).ShouldBe((4200, 1800, 20));
        result.Auc!.Value.ShouldBe(0.64836, 1e-3);
    }

    [Fact]
    public void Bad_input_is_answered_in_one_sentence_with_file_line_field_and_remedy()
    {
        Refusal(Path.Combine(_folder, "none.csv")).ShouldContain("no such file");
        Refusal(Csv("")).ShouldContain("empty");
        Refusal(Csv("a,b\n1,2\n")).ShouldContain("no column 'y'");
        Refusal(Csv("a,a,y\n1,2,0\n")).ShouldContain("twice");
        Refusal(Csv("y\n1\n")).ShouldContain("no feature column");
        Refusal(Csv("a,y\n1,0\n1,2,3\n")).ShouldContain("line 3: 3 fields where the header names 2");
        Refusal(Csv("a,y\n1,0\n1\n")).ShouldContain("line 3: 1 fields where the header names 2");
        Refusal(Csv("a,y\n1,0\nNaN,1\n")).ShouldContain("line 3, column 'a' = 'NaN' is not a finite number");
        Refusal(Csv("a,y\n1,0\n,1\n")).ShouldContain("line 3, column 'a' is empty");
        Refusal(Csv("a,y\n1,0\n2,x\n")).ShouldContain("line 3, column 'y' = 'x'");
        Refusal(Csv("a,y\n1,0\n2,\n")).ShouldContain("line 3, column 'y' is empty");
        Refusal(Csv("a,y\n1,up\n2,down\n3,flat\n")).ShouldContain("line 4, column 'y' = 'flat' is a third class beside 'up' and 'down'");
        Refusal(Csv("a,,y\n1,2,0\n")).ShouldContain("line 1: column 2 has no name");
        Refusal(Csv("time,a,y\nsoon,1,0\n")).ShouldContain("line 2, column 'time' = 'soon' is not a time");
        Refusal(Csv("time,a,y\n2020-01-02,1,0\n2020-01-01,1,0\n")).ShouldContain("line 3 is older than the row before it");
        Refusal(Table(10)).ShouldContain("samples");
        Refusal(Table(200, _ => "1")).ShouldContain("one class alone");
        Refusal(Table(200, i => i < 140 ? $"{i % 2}" : "1")).ShouldContain("test rows");
        Refusal(Table(200, i => $"{i % 3}")).ShouldContain("separates two classes");
        Refusal(Table(200), split: 1.5).ShouldContain("--split");
        Refusal(Table(200), "gradientboosting").ShouldContain("did you mean 'gradient-boosting'?");
    }

    [Theory]
    [InlineData("0", "1")]
    [InlineData("-1", "1")]
    [InlineData("1", "2")]
    [InlineData("down", "up")]
    [InlineData("sell", "buy")]
    [InlineData("False", "True")]
    [InlineData("no", "yes")]
    [InlineData("Bear", "Bull")]
    public void Two_classes_may_be_any_two_numbers_or_words(string zero, string one)
    {
        var expected = Learn(Table(200, i => i * 7 % 10 < 3 || i % 7 > 3 ? "1" : "0"), "gradient-boosting");
        var result = Learn(Table(200, i => i * 7 % 10 < 3 || i % 7 > 3 ? one : zero), "gradient-boosting");
        result.Task.ShouldBe("classification");
        result.ShouldBe(expected with { Seconds = result.Seconds, Notes = result.Notes });
        result.Notes.ShouldBe(expected.Notes);
    }

    [Fact]
    public void A_regression_keeps_the_numbers_that_two_classes_are()
    {
        var result = Learn(Table(200, i => i % 7 > 3 ? "10" : "-10"), "ridge");
        result.Rmse!.Value.ShouldBeGreaterThan(1);
        result.Auc.ShouldBeNull();
    }

    [Fact]
    public void Columns_of_time_quotes_and_row_numbers_are_no_features()
    {
        var plain = Learn(Csv("a,b,y\n"
            + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i % 7},{i % 5},{(i * 3 % 11 + i % 7 > 8 ? 1 : 0)}\n"))));
        Same("Date,a,b,y", i => $"{new DateTime(2020, 1, 1).AddDays(i):yyyyMMdd},");
        Same("TIMESTAMP,a,b,y", i => $"{1_600_000_000 + 60 * i},");
        Same(",a,b,y", i => $"{i},");
        Same(",a,b,y", i => $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd HH:mm:ss}+00:00,");
        Same("date,time,a,b,y", i => $"{new DateTime(2020, 1, 1).AddDays(i):yyyy-MM-dd},09:30:00,");
        Same("\"date\",\"a\",\"b\",\"y\"", i => $"\"2020-01-01T00:00:00Z\",");

        void Same(string header, Func<int, string> first)
        {
            var result = Learn(Csv(header + "\r\n"
                + string.Concat(Enumerable.Range(0, 200)
                    .Select(i => $"{first(i)}\"{i % 7}\",{i % 5},{(i * 3 % 11 + i % 7 > 8 ? 1 : 0)}\r\n"))));
            result.ShouldBe(plain with { Seconds = result.Seconds, Notes = result.Notes }, header);
        }
    }

    [Fact]
    public void A_trainer_of_a_library_that_is_not_installed_says_how_to_install_it()
    {
        var sentence = Refusal(Table(50), "mlnet-fasttree");
        sentence.ShouldStartWith("the trainers mlnet-… are ML.NET's and not installed here");
        sentence.ShouldContain("dotnet publish -c Release src/Granary.Learning.MLNet");
    }

    [Fact]
    public void A_model_of_a_plug_in_trainer_that_predicts_numbers_reads_two_label_values_as_numbers()
    {
        // The label alternates between 2 and 5, so the next value is 7 less the last one. Read as classes it would be 0 and 1.
        var path = Table(300, i => i % 2 == 0 ? "2" : "5");
        var registry = new ModelRegistry(new FileModelStore(Path.Combine(_folder, "models")), TestCatalogues.All.ModelKinds);
        LearnTable.RunAndAdd(new LearnRequest(path, "y", SeriesPlugInTrainer.TrainerName), TestCatalogues.All.Trainers, registry, "series",
            TimeProvider.System);
        registry.Promote("series", 1);
        var (_, rows, predictions) = LearnTable.Predict(registry, "series", null, path);
        predictions.Length.ShouldBeGreaterThan(250);
        // The first row has no label before it.
        for (var i = 1; i < rows.Length; i++) predictions[i].ShouldBe((rows[i] - 1) % 2 == 0 ? 2 : 5, 0.01);
    }
}

/// <summary>A trainer as a plug-in brings it: numbers, from the label's own past.</summary>
[Trainer(TrainerName, "Autoregression of order 1 of the label's own past.", Numbers = true)]
public sealed class SeriesPlugInTrainer : ITrainer
{
    public const string TrainerName = "series-plug-in";

    public string Name => TrainerName;

    public ITrainedModel Train(TrainingSet set, TrainingOptions options) => new ArimaTrainer(1, 0, 0).Train(set, options);
}
