using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class MutableStaticTests(Repository repository)
{
    [Fact]
    public void No_static_state_changes() => repository.Enforce(new MutableStaticRule());

    [Theory]
    [InlineData("static int _count;")]
    [InlineData("[ThreadStatic] static int _count;")]
    [InlineData("static int Count { get; set; }")]
    [InlineData("static readonly Dictionary<string, int> Counts = [];")]
    [InlineData("static readonly System.Collections.Generic.List<int> Counts = [];")]
    [InlineData("static List<int> Counts { get; } = [];")]
    [InlineData("static readonly Lazy<List<int>> Counts = new();")]
    [InlineData("static event Action Changed;")]
    public void Static_state_that_changes_is_found(string member)
    {
        var code = CodeBase.Of(("src/A.cs", $"class A\n{{\n    {member}\n}}"));

        new MutableStaticRule().Find(code).Select(violation => violation.ToString()).ShouldHaveSingleItem().ShouldStartWith("src/A.cs:3: ");
    }

    [Theory]
    [InlineData("[ModuleInitializer]")]
    [InlineData("[ModuleInitializerAttribute]")]
    [InlineData("[System.Runtime.CompilerServices.ModuleInitializer]")]
    [InlineData("[global::System.Runtime.CompilerServices.ModuleInitializerAttribute()]")]
    public void A_module_initializer_is_found(string attribute)
    {
        var code = CodeBase.Of(("src/A.cs", $"static class A\n{{\n    {attribute}\n    internal static void Load() {{ }}\n}}"));

        var found = new MutableStaticRule().Find(code).ShouldHaveSingleItem();
        found.ToString().ShouldStartWith("src/A.cs:3: ");
        found.ToString().ShouldContain("a module initializer");
    }

    [Theory]
    [InlineData("const int Count = 1;")]
    [InlineData("static readonly int[] Primes = [2, 3];")]
    [InlineData("static readonly FrozenDictionary<string, int> Counts = Load();")]
    [InlineData("static IReadOnlyList<int> Counts { get; } = [];")]
    [InlineData("static List<int> Made => [];")]
    [InlineData("List<int> _list = [];")]
    public void A_constant_is_not_found(string member)
    {
        var code = CodeBase.Of(("src/A.cs", $"class A\n{{\n    {member}\n}}"));

        new MutableStaticRule().Find(code).ShouldBeEmpty();
    }
}
