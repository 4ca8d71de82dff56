// The axios instance that the application gives to the generated functions: made by the package itself.
import { getDefaultInstance } from "@webitel/api-services/api/defaults";

export default getDefaultInstance();
