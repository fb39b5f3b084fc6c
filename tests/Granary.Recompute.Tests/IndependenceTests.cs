namespace Granary.Recompute.Tests;

/// <summary>What makes the other tests of this project worth something: they share no code with what they check.</summary>
public class IndependenceTests
{
    [Fact]
    public void The_recomputation_uses_no_type_of_the_product() =>
        typeof(IndependenceTests).Assembly.GetReferencedAssemblies().Select(a => a.Name)
            .ShouldAllBe(name => !name!.StartsWith("Granary", StringComparison.Ordinal) && name != "granary");
}
