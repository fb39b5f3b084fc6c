using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class AccessibilityTests(Repository repository)
{
    [Fact]
    public void Types_and_members_say_who_may_use_them() => repository.Enforce(new AccessibilityRule());

    [Theory]
    [InlineData("\nclass A;")]
    [InlineData("public class A\n{ int _b; }")]
    [InlineData("public class A\n{ A() { } }")]
    [InlineData("public class A\n{ void B() { } }")]
    [InlineData("public class A\n{ int B { get; } }")]
    [InlineData("public class A\n{ enum B { One } }")]
    [InlineData("public class A\n{ event System.Action B; }")]
    [InlineData("public class A\n{ delegate void B(); }")]
    public void A_type_or_member_that_does_not_say_it_is_found(string text) =>
        new AccessibilityRule().PlacesIn(CodeBase.Of(("src/A.cs", text))).ShouldBe(["src/A.cs:2"]);

    [Theory]
    [InlineData("public interface I { void B(); int C { get; } }")]
    [InlineData("file class A : I { static A() { } ~A() { } void I.B() { } int I.C => 1; }")]
    [InlineData("public enum A { One }")]
    [InlineData("Local();\nvoid Local() { }")]
    public void What_has_no_word_for_it_passes(string text) =>
        new AccessibilityRule().PlacesIn(CodeBase.Of(("src/A.cs", text))).ShouldBeEmpty();
}
