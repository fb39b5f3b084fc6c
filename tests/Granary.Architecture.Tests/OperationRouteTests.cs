using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class OperationRouteTests(Repository repository)
{
    [Fact]
    public void The_api_maps_its_operations_with_its_own_methods() => repository.Enforce(new OperationRouteRule());

    [Theory]
    [InlineData("routes.MapGet(\"/a\", () => 1);")]
    [InlineData("routes?.MapPost(\"/a\", () => 1);")]
    [InlineData("EndpointRouteBuilderExtensions.MapPut(routes, \"/a\", () => 1);")]
    [InlineData("Func<string, Delegate, RouteHandlerBuilder> map = routes.MapPatch;")]
    [InlineData("routes.MapGroup(\"/a\").MapDelete(\"/b\", () => 1);")]
    [InlineData("routes.MapMethods(\"/a\", [\"GET\"], () => 1);")]
    public void The_frameworks_method_is_found(string statement)
    {
        var text = $"class A\n{{\n    void B()\n    {{\n        {statement}\n    }}\n}}";
        var code = CodeBase.Of(
            ("src/Granary.Api/Rooms/AEndpoints.cs", text),
            ("src/Granary.Api/Routing/OperationRoutes.cs", text),
            ("tests/Granary.Api.Tests/A.cs", text));

        new OperationRouteRule().PlacesIn(code).ShouldBe(["src/Granary.Api/Rooms/AEndpoints.cs:5"]);
    }

    [Theory]
    [InlineData("routes.OnGet(\"/a\", () => 1);")]
    [InlineData("routes.MapGroup(\"/a\");")]
    [InlineData("var text = \"MapGet\";")]
    public void Other_methods_pass(string statement) =>
        new OperationRouteRule().PlacesIn(CodeBase.Of(("src/Granary.Api/A.cs", $"class A {{ void B() {{ {statement} }} }}")))
            .ShouldBeEmpty();
}
