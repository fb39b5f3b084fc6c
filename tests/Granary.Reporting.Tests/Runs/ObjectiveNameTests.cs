using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Runs;

public sealed class ObjectiveNameTests
{
    [Theory]
    [InlineData("sharpe", false, "sharpe")]
    [InlineData("-maxDrawdown", true, "maxDrawdown")]
    // An expression's greatest value is the best, also if it begins with a minus; its values are those of the whole expression.
    [InlineData("-maxDrawdown + sharpe", false, "-maxDrawdown + sharpe")]
    [InlineData("(sharpe)", false, "(sharpe)")]
    public void The_name_of_values_has_the_sign_of_the_values(string objective, bool isMinimised, string name) =>
        (ObjectiveName.IsMinimised(objective), ObjectiveName.OfValues(objective)).ShouldBe((isMinimised, name));
}
