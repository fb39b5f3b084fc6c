using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class NamespaceFormTests(Repository repository)
{
    [Fact]
    public void Namespaces_have_no_braces_and_no_using_directives() => repository.Enforce(new NamespaceFormRule());

    [Theory]
    [InlineData("\nnamespace A { class B; }")]
    [InlineData("namespace A;\nusing System;")]
    public void Another_form_is_found(string text) =>
        new NamespaceFormRule().PlacesIn(CodeBase.Of(("src/A.cs", text))).ShouldBe(["src/A.cs:2"]);

    [Fact]
    public void The_form_of_this_file_passes() =>
        new NamespaceFormRule().PlacesIn(CodeBase.Of(("src/A.cs", "using System;\nnamespace A;\nclass B;"))).ShouldBeEmpty();
}
