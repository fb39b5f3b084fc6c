using Granary.Engine;
using Granary.Learning.ModelFiles;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Trainers;

public class TrainerCatalogueTests
{
    private static readonly TrainingTable Classes = SyntheticTables.Classes(700), Numbers = SyntheticTables.Numbers(600);

    [Fact]
    public void Every_trainer_of_the_contract_is_there() =>
        TrainerCatalogue.BuiltIn.All.Select(d => d.Name).ShouldBe(
            "linear ridge lasso logistic tree random-forest gradient-boosting knn naive-bayes svm mlp lstm arima ets trend-season"
                .Split(' '), ignoreOrder: true);

    [Fact]
    public void Lasso_meets_the_conditions_of_its_minimum()
    {
        // At the minimum |mean of z·residual| = α where a coefficient is not zero, and is no greater elsewhere.
        const double Alpha = 0.05;
        var set = Numbers.Range(0, 450);
        var scaler = Granary.Learning.Tables.Standardiser.Fit(set);
        var z = scaler.Apply(set);
        var model = (Granary.Learning.Linear.LinearModel)TrainerCatalogue.BuiltIn.Create("lasso", ("alpha", Alpha))
            .Train(set, new TrainingOptions());
        for (var f = 0; f < 5; f++)
        {
            var slope = 0.0;
            for (var i = 0; i < 450; i++) slope += z[i * 5 + f] * (Numbers.Label[i] - model.Predict(Numbers.Row(i))) / 450;
            if (model.Weights[f] != 0) slope.ShouldBe(Math.Sign(model.Weights[f]) * Alpha, 1e-6);
            else Math.Abs(slope).ShouldBeLessThanOrEqualTo(Alpha);
        }
    }

    [Fact]
    public void A_misspelt_trainer_or_parameter_is_answered_with_the_nearest()
    {
        Should.Throw<InputException>(() =>
            TrainerCatalogue.BuiltIn.Create("randomforest")).Message.ShouldContain("did you mean 'random-forest'?");
        Should.Throw<InputException>(() =>
            TrainerCatalogue.BuiltIn.Create("gradient-boosting", ("tree", 10.0))).Message.ShouldContain("did you mean 'trees'?");
        Should.Throw<InputException>(() =>
            TrainerCatalogue.BuiltIn.Create("gradient-boosting", ("trees", -1.0))).Message.ShouldContain("out of range");
    }

    [Fact]
    public void Seeds_matter_where_chance_is_used()
    {
        var one = TrainerCatalogue.BuiltIn.Create("random-forest").Train(Classes.All(), new TrainingOptions(1));
        var two = TrainerCatalogue.BuiltIn.Create("random-forest").Train(Classes.All(), new TrainingOptions(2));
        ModelFile.ToBytes(one).ShouldNotBe(ModelFile.ToBytes(two));
    }

    [Fact]
    public void A_library_is_loaded_when_one_of_its_trainers_is_used_and_a_missing_one_is_reported()
    {
        var catalogue = new TrainerCatalogue(TrainerCatalogue.Of(typeof(TrainerCatalogue).Assembly),
            new TrainerLibrary("elsewhere-", () => throw new InputException("elsewhere is not installed: install it")));
        Should.Throw<InputException>(() =>
            catalogue.Create("elsewhere-trees")).Message.ShouldBe("elsewhere is not installed: install it");
        catalogue.List().Missing.ShouldContain("elsewhere is not installed: install it");
        catalogue.Own.Count.ShouldBe(15);
    }
}
